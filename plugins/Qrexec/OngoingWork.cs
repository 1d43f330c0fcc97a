namespace Qubes.Plugins.Qrexec;

/// <summary>
/// Counts what one part of the plugin has under way, so that the part can break it off and wait for its end when the plugin stops.
/// Safe to use from several threads.
/// </summary>
internal sealed class OngoingWork : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running = 1;

    /// <summary>Cancelled when the plugin stops.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Something begins.</summary>
    public void Enter() => Interlocked.Increment(ref running);

    /// <summary>It has ended, and nothing of it is left.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref running) == 0)
            idle.TrySetResult();
    }

    /// <summary>Tells what is under way to end.</summary>
    public Task BreakOffAsync() => stopping.CancelAsync();

    /// <summary>Returns when nothing is under way. Called once, when nothing begins any more.</summary>
    public Task EndAsync()
    {
        Leave();
        return idle.Task;
    }

    public void Dispose() => stopping.Dispose();
}
