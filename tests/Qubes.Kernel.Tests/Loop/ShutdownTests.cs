using System.Runtime.CompilerServices;
using Qubes.Kernel.Tests.Plugins;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Loop;

public sealed class ShutdownTests : IAsyncLifetime
{
    private readonly LoopFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task Disposal_runs_and_commits_what_is_queued()
    {
        var callers = new List<Task>();
        ValueTask end;
        using (fixture.Hold())
        {
            for (var i = 0; i < 200; i++)
                callers.Add(fixture.Do(fixture.State.Change));
            end = fixture.Loop.DisposeAsync();
        }
        await end;
        await Task.WhenAll(callers);
        Assert.Equal(200, fixture.State.Durable);
    }

    [Fact]
    public async Task Stopping_waits_for_calls_under_way_and_what_they_still_ask_of_the_loop()
    {
        var outside = new TaskCompletionSource();
        var call = fixture.Loop.InvokeAsync(async () =>
        {
            await outside.Task;
            await fixture.Loop.InvokeAsync(() => Task.CompletedTask);
            fixture.State.Change();
        });
        var stop = fixture.Loop.StopAsync(CancellationToken.None);
        await fixture.Do(() => { });
        Assert.False(stop.IsCompleted);
        outside.SetResult();
        await stop;
        await call;
        Assert.Equal(1, fixture.State.Durable);
    }

    [Fact]
    public async Task Calls_that_do_not_end_are_given_up_when_stopping_is_cancelled()
    {
        using var deadline = new CancellationTokenSource();
        var call = fixture.Loop.InvokeAsync(() => new TaskCompletionSource().Task);
        var stop = fixture.Loop.StopAsync(deadline.Token);
        await deadline.CancelAsync();
        await stop;
        await Assert.ThrowsAsync<QubesException>(() => call);
        Assert.Contains(fixture.Logged, line => line.EndsWith("was given up at the loop's end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_after_the_end_is_refused_in_one_line()
    {
        await fixture.Loop.DisposeAsync();
        var refused = await Assert.ThrowsAsync<QubesException>(() => fixture.Do(() => { }));
        Assert.Equal("The operation is refused: the daemon is stopping.", refused.Message);
    }

    [Fact]
    public async Task Work_posted_after_the_end_is_dropped_and_logged()
    {
        await fixture.Loop.StopAsync(CancellationToken.None);
        fixture.Loop.Post(() => Assert.Fail("ran"));
        Assert.EndsWith("came after the loop's end and was dropped", Assert.Single(fixture.Logged));
    }

    [Fact]
    public async Task The_end_can_be_asked_for_twice()
    {
        await Task.WhenAll(fixture.Loop.StopAsync(CancellationToken.None), fixture.Loop.StopAsync(CancellationToken.None));
        await fixture.Loop.DisposeAsync();
        await fixture.Loop.DisposeAsync();
    }

    [Fact]
    public async Task The_loop_cannot_wait_for_its_own_end() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            fixture.Loop.InvokeAsync(() => fixture.Loop.StopAsync(CancellationToken.None)));

    [Fact]
    public async Task A_waiting_loop_keeps_nothing_of_the_last_turn_alive()
    {
        Collected.Assert(await PostAsync());

        [MethodImpl(MethodImplOptions.NoInlining)]
        async Task<WeakReference> PostAsync()
        {
            var big = new object();
            await fixture.Loop.InvokeAsync(() => Task.FromResult(big.GetHashCode()));
            return new WeakReference(big);
        }
    }
}
