using System.Buffers;
using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Data;

/// <content>What the caller sends.</content>
public sealed partial class ServiceSession
{
    private const int InputSize = 64 * 1024;

    private string? violation;
    private int ignored;
    private bool inputEnded;

    /// <summary>Takes the caller's input, and ends the session when the caller has gone; never throws.</summary>
    private async Task ReceiveUntilOverAsync(CancellationTokenSource over, CancellationToken inputOver)
    {
        try
        {
            await ReceiveAsync(inputOver, over.Token).ConfigureAwait(false);
        }
        catch (QrexecViolationException e)
        {
            violation = e.Message;
        }
        catch (OperationCanceledException)
        {
            // Over for another reason.
        }

        await over.CancelAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(CancellationToken inputOver, CancellationToken over)
    {
        var decoder = new DataDecoder(version);
        var buffer = ArrayPool<byte>.Shared.Rent(InputSize);
        try
        {
            while (await vchan.ReadAsync(buffer.AsMemory(0, InputSize), over).ConfigureAwait(false) is > 0 and var count)
            {
                ReadOnlyMemory<byte> input = buffer.AsMemory(0, count);
                while (decoder.TryRead(ref input, out var piece))
                    await TakeAsync(piece, inputOver).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask TakeAsync(DataPiece piece, CancellationToken inputOver)
    {
        if (piece.Type is MessageType.DataStderr or MessageType.DataExitCode)
        {
            if (piece.IsLast)
                ignored++;
            return;
        }

        if (inputEnded)
            return;
        inputEnded = piece.Bytes.IsEmpty || !await TryWriteAsync(piece.Bytes, inputOver).ConfigureAwait(false);
        if (inputEnded)
            await service.Input.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken inputOver)
    {
        try
        {
            await service.Input.WriteAsync(bytes, inputOver).ConfigureAwait(false);
            await service.Input.FlushAsync(inputOver).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It has ended, or does not listen any more: what else the caller says has nowhere to go.
            return false;
        }
    }
}
