using System.Collections.Concurrent;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A kernel loop without a store: one thread that an await comes back to.</summary>
internal sealed class TestLoop : SynchronizationContext, IKernelLoop, IDisposable
{
    private readonly BlockingCollection<Action> queue = [];
    private readonly Thread thread;

    public TestLoop()
    {
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    public bool IsCurrent => Thread.CurrentThread == thread;

    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async () =>
        {
            try
            {
                done.SetResult(await work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    public Task InvokeAsync(Func<Task> work) => InvokeAsync(async () =>
    {
        await work();
        return true;
    });

    public void Post(Action work) => queue.Add(work);

    public override void Post(SendOrPostCallback d, object? state) => queue.Add(() => d(state));

    public void Dispose()
    {
        queue.CompleteAdding();
        thread.Join();
        queue.Dispose();
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach (var work in queue.GetConsumingEnumerable())
            work();
    }
}
