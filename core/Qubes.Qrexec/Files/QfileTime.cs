using System.Buffers.Binary;

namespace Qubes.Qrexec.Files;

/// <summary>A file's time on the wire.</summary>
/// <param name="Seconds">Since 1970 UTC.</param>
/// <param name="Nanoseconds">0–999,999,999; other values are malformed.</param>
public readonly record struct QfileTime(uint Seconds, uint Nanoseconds)
{
    /// <summary>Whether the nanoseconds are fewer than a second.</summary>
    public bool IsValid => Nanoseconds <= 999_999_999;

    internal static QfileTime Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Nanoseconds);
    }
}
