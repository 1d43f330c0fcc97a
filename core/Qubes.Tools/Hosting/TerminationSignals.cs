using System.Runtime.InteropServices;

namespace Qubes.Tools.Hosting;

/// <summary>
/// Cancels a token on SIGINT, SIGTERM and SIGHUP, so that a tool can clean up (kill its disposable) before it ends. A second
/// signal
/// of any kind ends the process at once.
/// </summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    public TerminationSignals(CancellationToken cancellation)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, 1)),
        ];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The number of the signal that came, or that of SIGINT if the caller's own token was cancelled.</summary>
    public int Received => _received == 0 ? 2 : _received;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext context, int number)
    {
        context.Cancel = Interlocked.CompareExchange(ref _received, number, 0) == 0;
        if (context.Cancel)
            _source.Cancel();
    }
}
