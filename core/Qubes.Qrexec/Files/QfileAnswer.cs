using System.Buffers.Binary;

namespace Qubes.Qrexec.Files;

/// <summary>
/// The receiver's answer to a qfile stream (spec: protocol, section 10), little-endian; it may come before the stream's end:
/// <code>
/// error_code u32  4 bytes of padding  crc32 u64  [ last_namelen u32  last_name ]        16 bytes and more
/// </code>
/// </summary>
/// <param name="Error">0, or one of <see cref="QfileError"/>, or another <c>errno</c>.</param>
/// <param name="Crc">Sum of everything received.</param>
/// <param name="LastName">The last entry's name in raw bytes, for a message; null if none is known.</param>
public sealed record QfileAnswer(uint Error, ulong Crc, byte[]? LastName)
{
    private const int FixedSize = 16;

    /// <summary>Reads an answer, to the stream's end.</summary>
    /// <exception cref="EndOfStreamException">There was none, or it was cut short.</exception>
    /// <exception cref="InvalidDataException">The name is longer than names are.</exception>
    public static async Task<QfileAnswer> ReadAsync(Stream source, CancellationToken cancellation)
    {
        var start = new byte[FixedSize];
        await source.ReadExactlyAsync(start, cancellation);
        return new QfileAnswer(
            BinaryPrimitives.ReadUInt32LittleEndian(start),
            BinaryPrimitives.ReadUInt64LittleEndian(start.AsSpan(8)),
            await ReadNameAsync(source, cancellation));
    }

    /// <summary>The answer's bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[FixedSize + (LastName is null ? 0 : sizeof(uint) + LastName.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Error);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Crc);
        if (LastName is not null)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(FixedSize), LastName.Length);
            LastName.CopyTo(bytes.AsSpan(FixedSize + sizeof(uint)));
        }

        return bytes;
    }

    private static async Task<byte[]?> ReadNameAsync(Stream source, CancellationToken cancellation)
    {
        var prefix = new byte[sizeof(uint)];
        if (await source.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation) < prefix.Length)
            return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length > QfileHeader.LongestName)
            throw new InvalidDataException("the receiver's answer names an entry that has no name of an entry");
        var name = new byte[length];
        await source.ReadExactlyAsync(name, cancellation);
        return name;
    }
}
