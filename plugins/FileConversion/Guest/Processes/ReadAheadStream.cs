namespace Qubes.Convert.Guest.Processes;

/// <summary>
/// Reads a tool's output into a bounded ring on a thread of its own, so that the tool renders the next page while this
/// one waits for a slow caller. One reader.
/// </summary>
internal sealed class ReadAheadStream : Stream
{
    /// <summary>Room for two pages of Letter at 150 dpi, 6.3 MB each; a page larger than it waits for its reader.</summary>
    private const int Capacity = 13 * 1024 * 1024;
    private const int MostAtOnce = 256 * 1024;

    private readonly Stream _source;
    private readonly byte[] _ring = GC.AllocateUninitializedArray<byte>(Capacity);
    private readonly object _turn = new();
    private long _written;
    private long _read;
    private bool _ended;

    public ReadAheadStream(Stream source)
    {
        _source = source;
        new Thread(Fill, maxStackSize: 128 * 1024) { IsBackground = true, Name = "read ahead" }.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int ready;
        lock (_turn)
        {
            while (_written == _read && !_ended)
                Monitor.Wait(_turn);
            ready = (int)Math.Min(_written - _read, buffer.Length);
        }

        int start = (int)(_read % Capacity);
        int count = Math.Min(ready, Capacity - start);
        _ring.AsSpan(start, count).CopyTo(buffer);
        Pass(ref _read, count);
        return count;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fill()
    {
        try
        {
            for (int got = FillOnce(); got > 0; got = FillOnce())
            {
            }
        }
        // The tool was killed and its pipe closed, because the call ends: nobody reads what would come.
        catch (Exception closed) when (closed is ObjectDisposedException or IOException)
        {
        }

        lock (_turn)
        {
            _ended = true;
            Monitor.PulseAll(_turn);
        }
    }

    private int FillOnce()
    {
        int room;
        lock (_turn)
        {
            while (_written - _read == Capacity)
                Monitor.Wait(_turn);
            room = (int)(Capacity - (_written - _read));
        }

        int start = (int)(_written % Capacity);
        int got = _source.Read(_ring, start, Math.Min(Math.Min(room, MostAtOnce), Capacity - start));
        Pass(ref _written, got);
        return got;
    }

    private void Pass(ref long counter, int count)
    {
        lock (_turn)
        {
            counter += count;
            Monitor.PulseAll(_turn);
        }
    }
}
