using System.Threading.Channels;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

/// <summary>A kernel loop without a kernel: one thread of work at a time, awaits come back to it.</summary>
internal sealed class TestLoop : SynchronizationContext, IKernelLoop, IAsyncDisposable
{
    private readonly Channel<(SendOrPostCallback Callback, object? State)> queue =
        Channel.CreateUnbounded<(SendOrPostCallback, object?)>();
    private readonly Task running;

    public TestLoop() => running = Task.Run(RunAsync);

    public bool IsCurrent => Current == this;

    public override void Post(SendOrPostCallback d, object? state) => queue.Writer.TryWrite((d, state));

    public void Post(Action work) => Post(_ => work(), null);

    public Task InvokeAsync(Func<Task> work) => InvokeAsync(async () =>
    {
        await work();
        return true;
    });

    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => Relay(work, done), null);
        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await running;
    }

    private static async void Relay<T>(Func<Task<T>> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(await work());
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private async Task RunAsync()
    {
        await foreach (var (callback, state) in queue.Reader.ReadAllAsync())
        {
            SetSynchronizationContext(this);
            callback(state);
            SetSynchronizationContext(null);
        }
    }
}
