using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Loop;

public sealed class KernelLoopTests : IAsyncLifetime
{
    private readonly LoopFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task Work_runs_on_the_loop_and_its_caller_goes_on_elsewhere()
    {
        Assert.False(fixture.Loop.IsCurrent);
        var (inside, after) = await Task.Run(async () =>
        {
            var inside = await fixture.Loop.InvokeAsync(() => Task.FromResult(fixture.Loop.IsCurrent));
            return (inside, fixture.Loop.IsCurrent);
        });
        Assert.True(inside);
        Assert.False(after);
    }

    [Fact]
    public async Task An_await_in_work_comes_back_to_the_loop()
    {
        var after = await fixture.Loop.InvokeAsync(async () =>
        {
            await Task.Run(() => { });
            await Task.Yield();
            return fixture.Loop.IsCurrent && SynchronizationContext.Current == fixture.Loop;
        });
        Assert.True(after);
    }

    [Fact]
    public async Task A_call_from_the_loop_is_a_turn_of_its_own_and_comes_back_to_the_loop()
    {
        var order = new List<string>();
        await fixture.Loop.InvokeAsync(async () =>
        {
            var inner = fixture.Loop.InvokeAsync(() =>
            {
                order.Add("inner");
                return Task.CompletedTask;
            });
            order.Add("outer");
            await inner;
            order.Add(fixture.Loop.IsCurrent ? "back" : "lost");
        });
        Assert.Equal(["outer", "inner", "back"], order);
    }

    [Fact]
    public async Task Turns_run_one_after_the_other_in_the_order_they_were_queued()
    {
        var seen = new List<int>();
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            fixture.Loop.Post(() => seen.Add(number));
        }
        await fixture.Do(() => { });
        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    [Fact]
    public async Task Nothing_else_runs_between_two_awaits()
    {
        var counter = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => fixture.Loop.InvokeAsync(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                var read = counter;
                Thread.SpinWait(20);
                counter = read + 1;
                await Task.Yield();
            }
        }))));
        Assert.Equal(2000, counter);
    }

    [Fact]
    public async Task What_work_throws_reaches_its_caller_only()
    {
        await Assert.ThrowsAsync<PermissionDeniedException>(() =>
            fixture.Loop.InvokeAsync(() => throw new PermissionDeniedException("no")));
        await Assert.ThrowsAsync<FormatException>(() => fixture.Loop.InvokeAsync(async () =>
        {
            await Task.Yield();
            throw new FormatException();
        }));
        await Assert.ThrowsAsync<TaskCanceledException>(() => fixture.Loop.InvokeAsync(() => Task.FromCanceled(new(true))));
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task What_posted_work_throws_is_logged_and_the_loop_goes_on()
    {
        fixture.Loop.Post(Fail);
        fixture.Loop.Post(FailLater);
        await fixture.Do(() => { });
        await fixture.Do(() => { });
        Assert.Contains("Kernel loop: KernelLoopTests.Fail failed", fixture.Logged);
        Assert.Equal(2, fixture.Logged.Count);
    }

    [Fact]
    public void Sending_which_would_block_is_not_supported() =>
        Assert.Throws<NotSupportedException>(() => fixture.Loop.Send(_ => { }, null));

    [Fact]
    public void A_copy_of_the_context_is_the_loop_itself() => Assert.Same(fixture.Loop, fixture.Loop.CreateCopy());

    private static void Fail() => throw new InvalidOperationException("expected");

    private static async void FailLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("expected");
    }
}
