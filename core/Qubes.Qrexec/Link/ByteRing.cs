using System.Buffers;

namespace Qubes.Qrexec.Link;

/// <summary>A queue of bytes of bounded capacity; its memory is taken from the pool with the first byte.</summary>
internal sealed class ByteRing(int capacity)
{
    private byte[]? buffer;
    private int start;

    /// <summary>Bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Puts bytes in; the flow control sees to it that there is room.</summary>
    public void Put(ReadOnlySpan<byte> data)
    {
        if (Count + data.Length > capacity)
            throw new InvalidOperationException($"a channel holds {Count} bytes of {capacity}; {data.Length} more do not fit");
        buffer ??= ArrayPool<byte>.Shared.Rent(capacity);
        var end = (start + Count) % capacity;
        var tail = Math.Min(data.Length, capacity - end);
        data[..tail].CopyTo(buffer.AsSpan(end));
        data[tail..].CopyTo(buffer);
        Count += data.Length;
    }

    /// <summary>Takes as many bytes out as there are and fit.</summary>
    public int Take(Span<byte> target)
    {
        var count = Math.Min(Count, target.Length);
        var tail = Math.Min(count, capacity - start);
        buffer.AsSpan(start, tail).CopyTo(target);
        buffer.AsSpan(0, count - tail).CopyTo(target[tail..]);
        Skip(count);
        return count;
    }

    /// <summary>The oldest bytes, as many as lie in one piece.</summary>
    public ReadOnlySpan<byte> Peek() => buffer.AsSpan(start, Math.Min(Count, capacity - start));

    /// <summary>Drops the oldest bytes.</summary>
    public void Skip(int count)
    {
        Count -= count;
        start = Count == 0 ? 0 : (start + count) % capacity;
    }

    /// <summary>Drops everything, and gives the memory back.</summary>
    public void Release()
    {
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, start, Count) = (null, 0, 0);
    }
}
