using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Data;

/// <summary>The calling side of a data connection (spec: protocol, section 7).</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001",
    Justification = "A read of a terminal may outlive the session and still needs them; none of them holds more than memory.")]
public sealed partial class CallerSession
{
    private readonly IVchan vchan;
    private readonly CallerStreams streams;
    private readonly int version;
    private readonly ExitCodeReader exitCode = new();
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource serviceEnded = new();
    private readonly CancellationTokenSource abandoned = new();
    private volatile bool inputEnded;
    private volatile bool outputBroken;

    private CallerSession(IVchan vchan, CallerStreams streams, int version) =>
        (this.vchan, this.streams, this.version, output) = (vchan, streams, version, streams.Output);

    /// <summary>
    /// Exchanges HELLO, connects the streams, and returns the service's exit code once its output is closed too; 255 if the
    /// connection was lost before, broke the protocol, or has neither input nor a reader of its output left. Reading of the
    /// input is cancelled when the service has ended, but not waited for, since a terminal does not heed that. Does not
    /// dispose of the vchan; the caller should do so at once.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<int> RunAsync(IVchan vchan, CallerStreams streams, CancellationToken cancel)
    {
        try
        {
            var version = await DataHandshake.ExchangeAsync(vchan, sendFirst: true, cancel).ConfigureAwait(false);
            return await new CallerSession(vchan, streams, version).RunAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is VchanClosedException or EndOfStreamException or QrexecViolationException)
        {
            return ExitCodeReader.Lost;
        }
    }

    private async Task<int> RunAsync(CancellationToken cancel)
    {
        using var onCancel = cancel.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), abandoned);
        var input = SendInputAsync(cancel);
        try
        {
            await ReceiveAsync(abandoned.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Abandoned: nobody listens and nobody speaks on this side. The end of the vchan tells the service so.
        }

        await serviceEnded.CancelAsync().ConfigureAwait(false);
        if (exitCode.Code is not null && !inputEnded)
            await SendLastEndAsync(cancel).ConfigureAwait(false);
        if (input.IsCompleted)
            await input.ConfigureAwait(false);
        return exitCode.Code ?? ExitCodeReader.Lost;
    }

    /// <summary>Ends the call once its input has ended and its output has no reader: nothing can come of it any more.</summary>
    private void AbandonIfPointless()
    {
        if (inputEnded && outputBroken)
            abandoned.Cancel();
    }
}
