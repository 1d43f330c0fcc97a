using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Data;

/// <content>Input towards the service.</content>
public sealed partial class CallerSession
{
    private async Task SendInputAsync(CancellationToken cancel)
    {
        // The body is read behind the room for its header, so that both go out in one write.
        var buffer = new byte[MessageHeader.Size + ProtocolVersion.MaxChunk(version)];
        try
        {
            for (var prefix = streams.Prefix; !prefix.IsEmpty;)
            {
                var count = Math.Min(prefix.Length, buffer.Length - MessageHeader.Size);
                prefix[..count].CopyTo(buffer.AsMemory(MessageHeader.Size));
                prefix = prefix[count..];
                await SendAsync(buffer, count, cancel).ConfigureAwait(false);
            }

            int read;
            do
            {
                read = await ReadInputAsync(buffer.AsMemory(MessageHeader.Size)).ConfigureAwait(false);
                await SendAsync(buffer, read, cancel).ConfigureAwait(false);
            }
            while (read > 0);
        }
        catch (Exception e) when (e is VchanClosedException or OperationCanceledException)
        {
            // The receiving direction meets the same end, or is the one that cancelled.
        }
    }

    private async ValueTask<int> ReadInputAsync(Memory<byte> target)
    {
        try
        {
            return await streams.Input.ReadAsync(target, serviceEnded.Token).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A terminal or socket that went away is an input that ended.
            return 0;
        }
    }

    private async Task SendAsync(byte[] buffer, int count, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (serviceEnded.IsCancellationRequested)
                return;
            new MessageHeader(MessageType.DataStdin, count).Write(buffer);
            await vchan.WriteAsync(buffer.AsMemory(0, MessageHeader.Size + count), cancel).ConfigureAwait(false);
            if (count > 0)
                return;
            inputEnded = true;
            AbandonIfPointless();
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The service has ended: say that the input has, too, unless a write is stuck that nobody will take.</summary>
    private async Task SendLastEndAsync(CancellationToken cancel)
    {
        if (!await sending.WaitAsync(0, cancel).ConfigureAwait(false))
            return;
        try
        {
            await vchan.WriteAsync(QrexecMessage.Encode(MessageType.DataStdin, []), cancel).ConfigureAwait(false);
        }
        catch (VchanClosedException)
        {
            // The service side may have closed already: it has said all that it had to say.
        }
        finally
        {
            sending.Release();
        }
    }
}
