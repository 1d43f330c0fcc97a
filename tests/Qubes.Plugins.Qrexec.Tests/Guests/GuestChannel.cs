using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Tests.Guests;

/// <summary>The guest's end of one vchan over the link.</summary>
internal sealed class GuestChannel(GuestLink link, LinkEnd end) : IVchan
{
    private readonly Queue<ReadOnlyMemory<byte>> received = new();
    private readonly SemaphoreSlim readable = new(0);
    private ReadOnlyMemory<byte> unsent;
    private TaskCompletionSource? sent;

    public VchanAddress Address => end.Address;

    public bool IsOver => end.IsClosedHere || end.IsClosedThere;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        while (true)
        {
            lock (link.Gate)
            {
                if (received.TryDequeue(out var first))
                {
                    int count = Math.Min(first.Length, buffer.Length);
                    first[..count].CopyTo(buffer);
                    if (count < first.Length)
                        PutBack(first[count..]);
                    link.Consume(end, count);
                    return count;
                }
                if (IsOver)
                    return 0;
            }
            await readable.WaitAsync(cancel);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (link.Gate)
        {
            if (IsOver)
                throw new VchanClosedException("closed");
            (unsent, sent) = (data, done);
            link.Wake();
        }
        await done.Task.WaitAsync(cancel);
    }

    public ValueTask DisposeAsync()
    {
        lock (link.Gate)
            link.Close(end);
        return ValueTask.CompletedTask;
    }

    public void Take(ReadOnlySpan<byte> data)
    {
        received.Enqueue(data.ToArray());
        readable.Release();
    }

    public void Fail()
    {
        sent?.TrySetException(new VchanClosedException("closed"));
        (unsent, sent) = (default, null);
        readable.Release();
    }

    public int Fill(Span<byte> target)
    {
        int count = Math.Min(Math.Min(LinkSession.MaySend(end), unsent.Length), target.Length - LinkFrame.Size);
        if (count <= 0)
            return 0;
        LinkSession.WriteDataHead(target, end, count);
        unsent.Span[..count].CopyTo(target[LinkFrame.Size..]);
        unsent = unsent[count..];
        if (unsent.IsEmpty)
        {
            sent?.TrySetResult();
            sent = null;
        }
        return LinkFrame.Size + count;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        ReadOnlyMemory<byte>[] others = [.. received];
        received.Clear();
        foreach (var piece in (ReadOnlyMemory<byte>[])[rest, .. others])
            received.Enqueue(piece);
    }
}
