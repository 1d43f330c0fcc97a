namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>
/// Splits a stream into lines ended by LF. The buffer grows with what was received, never with what is announced, up to a
/// limit that is a multiple of the longest answer asked for here.
/// </summary>
internal sealed class LineReader(Stream stream)
{
    public const int MaximumLine = 1 << 20;

    private byte[] buffer = new byte[4096];
    private int start;
    private int scanned;
    private int filled;

    /// <summary>The next line without its end, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            var end = buffer.AsSpan(scanned, filled - scanned).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = buffer.AsMemory(start, scanned + end - start);
                start = scanned = scanned + end + 1;
                return line;
            }
            scanned = filled;
            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancel).ConfigureAwait(false);
            if (read == 0)
                return null;
            filled += read;
        }
    }

    private void MakeRoom()
    {
        if (filled < buffer.Length)
            return;
        var pending = filled - start;
        if (pending >= MaximumLine)
            throw new InvalidDataException($"a line is longer than {MaximumLine} bytes");
        var target = pending > buffer.Length / 2 ? new byte[Math.Min(buffer.Length * 2, MaximumLine)] : buffer;
        buffer.AsSpan(start, pending).CopyTo(target);
        buffer = target;
        (start, scanned, filled) = (0, pending, pending);
    }
}
