using System.Runtime.InteropServices;

namespace Qubes.Tools.Hosting;

/// <summary>
/// Cancels a token on SIGINT, SIGTERM and SIGHUP, so that a tool can clean up (kill its disposable) before it ends. A second
/// signal
/// of any kind ends the process at once.
/// </summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly PosixSignalRegistration[] registrations;
    private int received;

    public TerminationSignals(CancellationToken cancellation)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, 1)),
        ];
    }

    public CancellationToken Token => source.Token;

    /// <summary>The number of the signal that came, or that of SIGINT if the caller's own token was cancelled.</summary>
    public int Received => received == 0 ? 2 : received;

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext context, int number)
    {
        context.Cancel = Interlocked.CompareExchange(ref received, number, 0) == 0;
        if (context.Cancel)
            source.Cancel();
    }
}
