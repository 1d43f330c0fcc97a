using System.Buffers.Binary;

namespace Qubes.Qrexec.Files;

/// <summary>
/// What comes before each entry of a qfile stream (spec: protocol, section 10), little-endian:
/// <code>
/// namelen u32  mode u32  filelen u64  atime u32  atime_nsec u32  mtime u32  mtime_nsec u32        32 bytes
/// </code>
/// </summary>
/// <param name="NameLength">Bytes of the name that follows; 0 ends the stream.</param>
/// <param name="Mode">Type and permissions, as <c>stat</c> has them.</param>
/// <param name="Length">Bytes of a regular file, or of a link's target.</param>
/// <param name="Accessed">Time of the last access.</param>
/// <param name="Modified">Time of the last change.</param>
public readonly record struct QfileHeader(uint NameLength, uint Mode, ulong Length, QfileTime Accessed, QfileTime Modified)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a name, a final NUL included.</summary>
    public const int LongestName = 16383;

    private const uint TypeMask = 0xF000;
    private const uint PermissionMask = 0x1FF;

    /// <summary>The header that ends a stream.</summary>
    public static QfileHeader End => default;

    /// <summary>What the entry is; another value than those that have a name is malformed.</summary>
    public QfileType Type => (QfileType)(Mode & TypeMask);

    /// <summary>Its permissions, without set-user-id and the like, which no other qube decides.</summary>
    public UnixFileMode Permissions => (UnixFileMode)(Mode & PermissionMask);

    /// <summary>Reads a header from its 32 bytes. Nothing is checked.</summary>
    public static QfileHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        QfileTime.Read(bytes[16..]),
        QfileTime.Read(bytes[24..]));

    /// <summary>Writes the header as 32 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, NameLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Mode);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Length);
        Accessed.Write(bytes[16..]);
        Modified.Write(bytes[24..]);
    }
}
