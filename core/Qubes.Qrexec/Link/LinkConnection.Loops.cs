using System.Buffers;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <content>The two loops over the stream.</content>
public sealed partial class LinkConnection
{
    private const int BufferSize = 256 * 1024;

    private async Task ReadLoopAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await stream.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var count)
            {
                int reports;
                lock (gate)
                {
                    ReadOnlySpan<byte> input = buffer.AsSpan(0, count);
                    session.Receive(ref input);
                    reports = TakeReports();
                    // Most of what arrives asks for no answer; waking the writer each time would cost more than the bytes do.
                    if (session.ControlIsDue || senders.Count > 0)
                        NoteOutput();
                }

                // Real time: what is spared is the host's processor.
                if (reports > MostReportsAtOnce)
                    await Task.Delay(FloodPause, TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteLoopAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await WriteOpeningAsync(buffer, cancel).ConfigureAwait(false);
            while (true)
            {
                var count = Fill(buffer);
                if (count == 0)
                    await outputIsDue.WaitAsync(cancel).ConfigureAwait(false);
                else
                    await stream.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
                if (count > 0)
                    NotePowerOff();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends the greeting and whatever is due already at once: a guest's wake-up costs more than the bytes do.</summary>
    private async Task WriteOpeningAsync(byte[] buffer, CancellationToken cancel)
    {
        opening.CopyTo(buffer, 0);
        var count = opening.Length + Fill(buffer.AsSpan(opening.Length));
        await stream.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
        // An identity's seed is nobody else's business, and the buffer is the pool's.
        buffer.AsSpan(0, count).Clear();
    }

    /// <summary>Fills the buffer: control frames first, then data, one frame per sender in turn.</summary>
    private int Fill(Span<byte> buffer)
    {
        lock (gate)
        {
            var used = session.WriteControl(buffer);
            while (buffer.Length - used > LinkFrame.Size && senders.TryDequeue(out var sender))
            {
                used += sender.Send(buffer[used..]);
                if (sender.KeepsSending())
                    senders.Enqueue(sender);
            }

            return used;
        }
    }

    private void NotePowerOff()
    {
        lock (gate)
        {
            if (!session.PowerOffIsDue)
                powerOffSent?.TrySetResult();
        }
    }

    private async Task CompleteAsync()
    {
        LinkViolationException? violation = null;
        try
        {
            await await Task.WhenAny(reading, writing).ConfigureAwait(false);
        }
        catch (LinkViolationException e)
        {
            violation = e;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The guest or its machine is gone, or the link was disposed of: nothing to report.
        }

        await closing.CancelAsync().ConfigureAwait(false);
        if (!leavesOpen)
            await stream.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TakeDown();
        if (violation is not null)
            throw violation;
    }

    private void TakeDown()
    {
        var reason = new VchanClosedException("the link to the guest is down");
        lock (gate)
        {
            isDown = true;
            foreach (var end in session.Channels)
                ((LinkChannel)end.Owner!).Fail(reason);
            session.Reset();
            senders.Clear();
            incoming.Writer.TryComplete();
            uses.Writer.TryComplete();
            established.TrySetException(new EndOfStreamException("the guest's port was closed before the guest greeted"));
            answered?.TrySetException(reason);
            sealAnswered?.TrySetException(reason);
            identified.TrySetException(reason);
            // Whoever asked for the greeting only does not look at it.
            _ = identified.Task.Exception;
            powerOffSent?.TrySetException(reason);
        }
    }

    /// <summary>Wakes the writing loop; called with the gate held.</summary>
    private void NoteOutput()
    {
        if (outputIsDue.CurrentCount == 0)
            outputIsDue.Release();
    }
}
