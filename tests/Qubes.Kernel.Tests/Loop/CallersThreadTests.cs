namespace Qubes.Kernel.Tests.Loop;

public sealed class CallersThreadTests : IAsyncLifetime
{
    private readonly LoopFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public void An_idle_loop_runs_the_work_on_the_callers_thread_and_it_is_done_and_durable_at_once()
    {
        var caller = Thread.CurrentThread;
        Thread? ran = null;

        var done = fixture.Loop.InvokeHereAsync(() =>
        {
            Assert.True(fixture.Loop.IsCurrent);
            Assert.Same(fixture.Loop, SynchronizationContext.Current);
            ran = Thread.CurrentThread;
            fixture.State.Change();
            return Task.FromResult(1);
        });

        Assert.True(done.IsCompletedSuccessfully);
        Assert.Same(caller, ran);
        Assert.Equal(1, fixture.State.Commits);
    }

    [Fact]
    public void The_caller_is_not_on_the_loop_afterwards_and_has_its_own_context_back()
    {
        var own = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(own);

        _ = fixture.Loop.InvokeHereAsync(() => Task.FromResult(1));

        Assert.False(fixture.Loop.IsCurrent);
        Assert.Same(own, SynchronizationContext.Current);
        SynchronizationContext.SetSynchronizationContext(null);
    }

    [Fact]
    public async Task A_busy_loop_runs_the_work_after_what_was_queued_before()
    {
        var order = new List<int>();
        Task<int> last;
        using (fixture.Hold())
        {
            fixture.Loop.Post(() => order.Add(1));
            last = fixture.Loop.InvokeHereAsync(() =>
            {
                order.Add(2);
                return Task.FromResult(order.Count);
            });
            Assert.False(last.IsCompleted);
        }
        Assert.Equal(2, await last);
        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task What_is_posted_meanwhile_is_run_too()
    {
        var posted = new TaskCompletionSource();
        await fixture.Loop.InvokeHereAsync(() =>
        {
            fixture.Loop.Post(posted.SetResult);
            return Task.FromResult(1);
        });
        await posted.Task;
    }

    [Fact]
    public async Task Work_that_waits_goes_on_on_the_loop()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = fixture.Loop.InvokeHereAsync(async () =>
        {
            await gate.Task;
            return fixture.Loop.IsCurrent;
        });
        Assert.False(fixture.Loop.IsCurrent);
        gate.SetResult();
        Assert.True(await done);
    }

    [Fact]
    public async Task Whoever_is_told_on_the_loops_thread_is_not_on_the_loop()
    {
        Task<bool> told;
        using (fixture.Hold())
            told = GoOnAsync();
        Assert.False(await told);

        async Task<bool> GoOnAsync()
        {
            await fixture.Loop.InvokeHereAsync(() => Task.FromResult(1)).ConfigureAwait(false);
            return fixture.Loop.IsCurrent || SynchronizationContext.Current == fixture.Loop;
        }
    }

    [Fact]
    public async Task Callers_on_many_threads_and_queued_work_never_run_together()
    {
        var (running, most, total) = (0, 0, 0);
        Task<int> Count()
        {
            most = Math.Max(most, ++running);
            total++;
            fixture.State.Change();
            running--;
            return Task.FromResult(total);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
                await (n % 2 == 0 ? fixture.Loop.InvokeHereAsync(Count) : fixture.Loop.InvokeAsync(Count));
        })));

        Assert.Equal((1, 8000), (most, total));
    }

    [Fact]
    public async Task After_the_end_the_work_is_refused()
    {
        await fixture.Loop.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<Qubes.Sdk.Errors.QubesException>(() => fixture.Loop.InvokeHereAsync(() => Task.FromResult(1)));
    }
}
