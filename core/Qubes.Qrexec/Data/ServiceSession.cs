using System.Buffers;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Data;

/// <summary>The service's side of a data connection, after its HELLO (spec: protocol, section 7).</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It lives for one run, which disposes of it.")]
public sealed partial class ServiceSession
{
    private readonly IVchan vchan;
    private readonly IRunningService service;
    private readonly int version;
    private readonly SemaphoreSlim sending = new(1, 1);

    private Func<Task> abandon = () => Task.CompletedTask;

    private ServiceSession(IVchan vchan, int version, IRunningService service) =>
        (this.vchan, this.version, this.service) = (vchan, version, service);

    /// <summary>
    /// Connects the service's streams with the caller until its exit code was sent, or the caller has gone; owns the service, which has
    /// ended when this returns. Does not dispose of the vchan; the caller of this method should do so at once.
    /// </summary>
    /// <param name="vchan">Behind its HELLO.</param>
    /// <param name="version">The version spoken.</param>
    /// <param name="service">Running.</param>
    /// <param name="cancel">The caller has gone otherwise, or the service is to end.</param>
    /// <exception cref="OperationCanceledException">Cancelled, and the service has ended.</exception>
    public static Task<ServiceOutcome> RunAsync(IVchan vchan, int version, IRunningService service, CancellationToken cancel) =>
        new ServiceSession(vchan, version, service).RunAsync(cancel);

    private async Task<ServiceOutcome> RunAsync(CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        abandon = over.CancelAsync;
        using var inputOver = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var ending = EndInputWithServiceAsync(inputOver, over.Token);
        var receiving = ReceiveUntilOverAsync(over, inputOver.Token);
        int? exitCode = null;
        try
        {
            exitCode = await SendAllAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller has gone, or broke the protocol, or the service is to end.
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await service.DisposeAsync().ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
            await ending.ConfigureAwait(false);
            sending.Dispose();
        }

        if (exitCode is null)
            cancel.ThrowIfCancellationRequested();
        return new ServiceOutcome(exitCode, violation, ignored);
    }

    /// <summary>Everything that the service says, and its exit code behind that.</summary>
    private async Task<int> SendAllAsync(CancellationToken over)
    {
        // A stream that never was is closed before anything else is said.
        if (service.Error is null)
            await SendAsync(QrexecMessage.Encode(MessageType.DataStderr, []), over).ConfigureAwait(false);
        var error = service.Error is { } stream ? PumpAsync(stream, MessageType.DataStderr, over) : Task.CompletedTask;
        await Task.WhenAll(PumpAsync(service.Output, MessageType.DataStdout, over), error).ConfigureAwait(false);

        var code = await service.Ended.WaitAsync(over).ConfigureAwait(false);
        await SendAsync(QrexecMessage.EncodeExitCode(code), over).ConfigureAwait(false);
        return code;
    }

    private async Task PumpAsync(Stream from, MessageType type, CancellationToken over)
    {
        // The body is read behind the room for its header, so that both go out in one write.
        var most = ProtocolVersion.MaxChunk(version);
        var buffer = ArrayPool<byte>.Shared.Rent(MessageHeader.Size + most);
        try
        {
            int count;
            do
            {
                count = await ReadAsync(from, buffer.AsMemory(MessageHeader.Size, most), over).ConfigureAwait(false);
                new MessageHeader(type, count).Write(buffer);
                await SendAsync(buffer.AsMemory(0, MessageHeader.Size + count), over).ConfigureAwait(false);
            }
            while (count > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream from, Memory<byte> into, CancellationToken over)
    {
        try
        {
            return await from.ReadAsync(into, over).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A socket that was reset, or that the service's end has closed, is an output that ended.
            return 0;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken over)
    {
        await sending.WaitAsync(over).ConfigureAwait(false);
        try
        {
            await vchan.WriteAsync(message, over).ConfigureAwait(false);
        }
        catch (VchanClosedException)
        {
            // The caller has gone: the other output must not wait for more of it.
            await abandon().ConfigureAwait(false);
            over.ThrowIfCancellationRequested();
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task EndInputWithServiceAsync(CancellationTokenSource inputOver, CancellationToken over)
    {
        await ((Task)service.Ended.WaitAsync(over)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await inputOver.CancelAsync().ConfigureAwait(false);
    }
}
