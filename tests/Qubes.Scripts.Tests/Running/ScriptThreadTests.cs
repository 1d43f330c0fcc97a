using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Scripts.Tests.Running;

public sealed class ScriptThreadTests
{
    private readonly VirtualTimeProvider time = new();
    private readonly List<string> stopped = [];

    [Fact]
    public async Task What_comes_after_its_end_is_refused_and_harms_nobody()
    {
        var thread = Start();
        await thread.DisposeAsync();

        // As of the watchdog and of callers, which do not know of the end yet.
        thread.Stop("late");
        thread.Finish();
        var job = new Job();
        thread.Post(job);

        Assert.Equal("late", (await job.Outcome)?.Message);
        Assert.True(thread.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_waits_is_done_before_the_end()
    {
        await using var thread = Start();
        Job[] jobs = [new(), new(), new()];
        foreach (var job in jobs)
            thread.Post(job);
        thread.Finish();
        await thread.Ended;
        foreach (var job in jobs)
            Assert.Null(await job.Outcome);
        Assert.Empty(stopped);
    }

    [Fact]
    public async Task Who_is_too_far_behind_is_stopped_and_everything_that_waits_is_told()
    {
        using var held = new ManualResetEventSlim();
        await using var thread = Start(waiting: 1);
        Job first = new(held.Wait), second = new(), third = new();
        thread.Post(first);
        await first.Started;
        thread.Post(second);
        thread.Post(third);

        Assert.Equal("it is 1 calls behind", (await third.Outcome)?.Message);
        held.Set();
        Assert.Equal("it is 1 calls behind", (await second.Outcome)?.Message);
        await thread.Ended;
        Assert.Equal(["it is 1 calls behind"], stopped);
    }

    private ScriptThread Start(int waiting = 10) => new("test", new ScriptBudgets { Waiting = waiting }, time, stopped.Add);

    private sealed class Job(Action? run = null) : ScriptJob
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Exception?> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string What => "a job";

        public override TimeSpan Budget => TimeSpan.FromSeconds(1);

        public Task Started => started.Task;

        public Task<Exception?> Outcome => outcome.Task;

        public override void Run()
        {
            started.SetResult();
            run?.Invoke();
            outcome.SetResult(null);
        }

        public override void Failed(Exception cause) => outcome.TrySetResult(cause);
    }
}
