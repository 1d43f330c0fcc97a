using System.Runtime.ExceptionServices;
using Qubes.Sdk.Hosting;

namespace Qubes.Simulation.Worlds;

/// <summary>
/// The kernel loop of a simulation: turns run on the thread that asks for them, one after the other, each when nothing else goes on in the
/// process, so that the same turns come in the same order in every run. Nothing is durable.
/// </summary>
internal sealed class SimulationLoop : SynchronizationContext, IKernelLoop
{
    private const int MostTurnsAtOnce = 1_000_000;

    private readonly Lock sync = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> turns = new();
    private Thread? running;

    public bool IsCurrent => running == Thread.CurrentThread;

    /// <summary>Runs turns until nothing happens any more without time passing.</summary>
    /// <exception cref="InvalidOperationException">It goes on and on.</exception>
    public void Run()
    {
        for (var count = 0; TryTake(out var turn); count++)
        {
            if (count == MostTurnsAtOnce)
                throw new InvalidOperationException("the simulation does not come to rest");
            var before = Current;
            SetSynchronizationContext(this);
            running = Thread.CurrentThread;
            try
            {
                turn.Callback(turn.State);
            }
            finally
            {
                running = null;
                SetSynchronizationContext(before);
            }
        }
    }

    /// <summary>Runs work as turns, and returns what came of it; it must need no time.</summary>
    public T RunToEnd<T>(Func<Task<T>> work)
    {
        var done = InvokeAsync(work);
        Run();
        if (!done.IsCompleted)
            throw new InvalidOperationException("the work waits for time to pass");
        if (done.Exception is { InnerException: { } error })
            ExceptionDispatchInfo.Throw(error);
        return done.GetAwaiter().GetResult();
    }

    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var outcome = new TaskCompletionSource<T>();
        Post(async () =>
        {
            try
            {
                outcome.SetResult(await work());
            }
            catch (Exception e)
            {
                outcome.SetException(e);
            }
        });
        return outcome.Task;
    }

    public Task InvokeAsync(Func<Task> work) => InvokeAsync(async () =>
    {
        await work();
        return true;
    });

    public void Post(Action work) => Post(static state => ((Action)state!)(), work);

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (sync)
            turns.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("the loop is not waited for");

    public override SynchronizationContext CreateCopy() => this;

    private bool TryTake(out (SendOrPostCallback Callback, object? State) turn)
    {
        Others.Finish();
        lock (sync)
            return turns.TryDequeue(out turn);
    }
}
