using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Data;

/// <content>What the service sends.</content>
public sealed partial class CallerSession
{
    private const int ReceiveSize = 256 * 1024;

    private Stream? output;

    private async Task ReceiveAsync(CancellationToken cancel)
    {
        var decoder = new DataDecoder(version);
        var buffer = new byte[ReceiveSize];
        while (await vchan.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
        {
            ReadOnlyMemory<byte> input = buffer.AsMemory(0, count);
            while (decoder.TryRead(ref input, out var piece))
                await TakeAsync(piece, cancel).ConfigureAwait(false);
            if (output is null && exitCode.Code is not null)
                return;
        }
    }

    private async ValueTask TakeAsync(DataPiece piece, CancellationToken cancel)
    {
        switch (piece.Type)
        {
            case MessageType.DataExitCode:
                exitCode.Take(piece.Bytes.Span, piece.IsLast);
                break;
            case MessageType.DataStderr when streams.Error is { } error:
                await TryWriteAsync(error, piece.Bytes, cancel).ConfigureAwait(false);
                break;
            case MessageType.DataStdout or MessageType.DataStdin when piece.Bytes.IsEmpty:
                if (output is not null)
                    await output.DisposeAsync().ConfigureAwait(false);
                output = null;
                break;
            case MessageType.DataStdout or MessageType.DataStdin when output is not null && !outputBroken:
                outputBroken = !await TryWriteAsync(output, piece.Bytes, cancel).ConfigureAwait(false);
                AbandonIfPointless();
                break;
        }
    }

    private static async ValueTask<bool> TryWriteAsync(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(bytes, cancel).ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            // Its reader went away; the service learns that from the vchan at the latest when this side has nothing to say either.
            return false;
        }
    }
}
