using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Link;

/// <summary>A vchan over a link. Disposing closes it; what was written before still reaches the guest.</summary>
public sealed class LinkChannel : IVchan
{
    private readonly LinkConnection link;
    private readonly LinkEnd end;
    private readonly ByteRing received;
    private readonly SemaphoreSlim readable = new(0, 1);
    private ReadOnlyMemory<byte> unsent;
    private TaskCompletionSource? sent;
    private VchanClosedException? failure;
    private bool isClosed;
    private bool isSending;

    internal LinkChannel(LinkConnection link, LinkEnd end, int window) =>
        (this.link, this.end, received) = (link, end, new ByteRing(window));

    /// <summary>The vchan that it stands for, as the guest sees it: the peer's domain id (0 = the host), and the port.</summary>
    public VchanAddress Address => end.Address;


    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        while (true)
        {
            lock (link.Gate)
            {
                if (received.Count > 0)
                {
                    var count = received.Take(buffer.Span);
                    link.Consume(end, count);
                    return count;
                }

                if (isClosed || failure is not null || end.IsClosedThere)
                    return 0;
            }

            await readable.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        if (data.IsEmpty)
            return;
        TaskCompletionSource done;
        lock (link.Gate)
        {
            if (sent is not null)
                throw new InvalidOperationException("a write to this vchan is under way");
            if (isClosed || failure is not null || end.IsClosedThere)
                throw failure ?? new VchanClosedException("the vchan is closed");
            (unsent, sent) = (data, done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            QueueForSending();
        }

        using var registration = cancel.UnsafeRegister(static (state, token) => ((LinkChannel)state!).CancelWrite(token), this);
        await done.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (link.Gate)
        {
            if (isClosed)
                return ValueTask.CompletedTask;
            isClosed = true;
            EndWrite(new VchanClosedException("the vchan is closed"));
            link.Close(end);
            received.Release();
            Wake();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Moves one frame's worth of what is to be sent to the target; with the gate held.</summary>
    internal int Send(Span<byte> target)
    {
        var count = Math.Min(Math.Min(unsent.Length, LinkSession.MaySend(end)), target.Length - LinkFrame.Size);
        if (count <= 0)
            return 0;
        LinkSession.WriteDataHead(target, end, count);
        unsent.Span[..count].CopyTo(target[LinkFrame.Size..]);
        unsent = unsent[count..];
        if (unsent.IsEmpty)
            EndWrite(null);
        return LinkFrame.Size + count;
    }

    /// <summary>
    /// Whether it has both bytes to send and credit for them, and so stays among the link's senders; with the gate held.
    /// An OPEN that is due is no obstacle: it is always written before.
    /// </summary>
    internal bool KeepsSending()
    {
        isSending = !unsent.IsEmpty && end is { SendCredit: > 0, IsClosedThere: false, IsClosedHere: false };
        return isSending;
    }

    /// <summary>Bytes arrived; with the gate held.</summary>
    internal void Take(ReadOnlySpan<byte> data)
    {
        received.Put(data);
        Wake();
    }

    /// <summary>Credit arrived; with the gate held.</summary>
    internal void Credited() => QueueForSending();

    /// <summary>The guest closed it; with the gate held.</summary>
    internal void ClosedByPeer()
    {
        EndWrite(new VchanClosedException("the vchan was closed by its peer"));
        Wake();
    }

    /// <summary>The link went down; with the gate held.</summary>
    internal void Fail(VchanClosedException reason)
    {
        failure = reason;
        EndWrite(reason);
        Wake();
    }

    private void CancelWrite(CancellationToken cancel)
    {
        lock (link.Gate)
        {
            sent?.TrySetCanceled(cancel);
            (unsent, sent) = (default, null);
        }
    }

    private void QueueForSending()
    {
        if (!isSending && KeepsSending())
            link.EnqueueSender(this);
    }

    private void EndWrite(VchanClosedException? reason)
    {
        if (reason is null)
            sent?.TrySetResult();
        else
            sent?.TrySetException(reason);
        (unsent, sent) = (default, null);
    }

    private void Wake()
    {
        if (readable.CurrentCount == 0)
            readable.Release();
    }
}
