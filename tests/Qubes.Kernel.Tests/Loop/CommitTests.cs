using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Loop;

public sealed class CommitTests : IAsyncLifetime
{
    private readonly LoopFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task A_caller_is_told_only_when_its_change_is_durable()
    {
        for (var i = 1; i <= 100; i++)
        {
            await fixture.Do(fixture.State.Change);
            Assert.Equal(i, fixture.State.Durable);
        }
    }

    [Fact]
    public async Task A_caller_is_told_only_when_the_changes_of_all_its_turns_are_durable()
    {
        await fixture.Loop.InvokeAsync(async () =>
        {
            fixture.State.Change();
            await Task.Yield();
            fixture.State.Change();
            await Task.Run(() => { });
            fixture.State.Change();
        });
        Assert.Equal(3, fixture.State.Durable);
    }

    [Fact]
    public async Task Also_posted_work_is_committed()
    {
        fixture.Loop.Post(fixture.State.Change);
        await fixture.Do(() => { });
        Assert.Equal(1, fixture.State.Durable);
    }

    [Fact]
    public async Task A_turn_that_changes_nothing_costs_no_commit()
    {
        for (var i = 0; i < 10; i++)
            await fixture.Do(() => { });
        Assert.Equal(0, fixture.State.Commits);
    }

    [Fact]
    public async Task Turns_that_wait_together_share_a_commit_and_none_is_cut_in_two()
    {
        var inTurn = false;
        fixture.State.OnCommit = () => Assert.False(inTurn);
        Task[] callers;
        using (fixture.Hold())
        {
            callers = [.. Enumerable.Range(0, 50).Select(_ => fixture.Do(() =>
            {
                inTurn = true;
                fixture.State.Change();
                fixture.State.Change();
                inTurn = false;
            }))];
        }
        await Task.WhenAll(callers);
        Assert.Equal(1, fixture.State.Commits);
        Assert.Equal(100, fixture.State.Durable);
    }

    [Fact]
    public async Task A_commit_waits_for_a_bounded_number_of_turns()
    {
        Task[] callers;
        using (fixture.Hold())
            callers = [.. Enumerable.Range(0, 640).Select(_ => fixture.Do(fixture.State.Change))];
        await Task.WhenAll(callers);
        Assert.InRange(fixture.State.Commits, 10, 11);
    }

    [Fact]
    public async Task A_commit_waits_for_turns_for_a_bounded_time()
    {
        Task[] callers;
        using (fixture.Hold())
        {
            callers = [.. Enumerable.Range(0, 10).Select(_ => fixture.Do(() =>
            {
                fixture.State.Change();
                fixture.Clock.Advance(TimeSpan.FromMilliseconds(10));
            }))];
        }
        await Task.WhenAll(callers);
        Assert.InRange(fixture.State.Commits, 9, 10);
    }

    [Fact]
    public async Task When_a_commit_fails_whoever_changed_something_is_told_so()
    {
        fixture.State.Failure = new IOException("disk full");
        var refused = await Assert.ThrowsAsync<QubesException>(() => fixture.Do(fixture.State.Change));
        Assert.Equal("state could not be saved: disk full", refused.Message);
        Assert.Equal("QubesException", refused.WireName);
    }

    [Fact]
    public async Task When_a_commit_fails_questions_are_still_answered()
    {
        fixture.State.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<QubesException>(() => fixture.Do(fixture.State.Change));
        Assert.Equal(5, await fixture.Loop.InvokeAsync(() => Task.FromResult(5)));
    }

    [Fact]
    public async Task When_a_commit_fails_the_works_own_error_is_kept()
    {
        fixture.State.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<PermissionDeniedException>(() => fixture.Loop.InvokeAsync(() =>
        {
            fixture.State.Change();
            throw new PermissionDeniedException("no");
        }));
    }

    [Fact]
    public async Task A_failed_commit_is_tried_again_after_the_next_turn_and_logged_once_each_way()
    {
        fixture.State.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<QubesException>(() => fixture.Do(fixture.State.Change));
        await fixture.Do(() => { });
        fixture.State.Failure = null;
        await fixture.Do(() => { });
        Assert.Equal(1, fixture.State.Durable);
        Assert.Equal(
            [
                "State could not be saved; it is tried again after every turn",
                "State is saved again, after 2 attempts that failed",
            ],
            fixture.Logged);
    }

    [Fact]
    public async Task Work_whose_first_change_was_saved_late_succeeds()
    {
        var more = new TaskCompletionSource();
        fixture.State.Failure = new IOException("disk full");
        var work = fixture.Loop.InvokeAsync(async () =>
        {
            fixture.State.Change();
            await more.Task;
        });
        await fixture.Do(() => { });
        fixture.State.Failure = null;
        more.SetResult();
        await work;
        Assert.Equal(1, fixture.State.Durable);
    }
}
