using System.Runtime.InteropServices;

namespace Qubes.Daemon.Hosting;

/// <summary>Turns SIGTERM and SIGINT into a token, instead of the process's end.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly PosixSignalRegistration terminate;
    private readonly PosixSignalRegistration interrupt;

    public TerminationSignals(CancellationToken other)
    {
        source = CancellationTokenSource.CreateLinkedTokenSource(other);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    }

    /// <summary>Cancelled when the daemon is told to end.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        terminate.Dispose();
        interrupt.Dispose();
        source.Dispose();
    }

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        source.Cancel();
    }
}
