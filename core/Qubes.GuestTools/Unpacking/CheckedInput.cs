using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Unpacking;

/// <summary>Reads a stream and sums up what it gave.</summary>
internal sealed class CheckedInput(Stream source)
{
    private readonly Crc32 crc = new();

    public uint Crc => crc.Value;

    /// <summary>Fills the buffer.</summary>
    /// <param name="atEnd">What the sender is told if the stream ends before the first byte.</param>
    /// <exception cref="UnpackException">The stream ended.</exception>
    public void Read(Span<byte> buffer, uint atEnd = QfileError.SenderStopped)
    {
        var count = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        crc.Append(buffer[..count]);
        if (count < buffer.Length)
            throw new UnpackException(count == 0 ? atEnd : QfileError.SenderStopped);
    }

    /// <summary>Reads some of what is there, at least a byte.</summary>
    /// <exception cref="UnpackException">The stream ended.</exception>
    public int ReadSome(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        if (count == 0)
            throw new UnpackException(QfileError.SenderStopped);
        crc.Append(buffer[..count]);
        return count;
    }
}
