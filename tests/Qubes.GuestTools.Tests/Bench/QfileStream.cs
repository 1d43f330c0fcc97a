using System.Text;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>A qfile stream made by hand, well-formed or not.</summary>
internal sealed class QfileStream
{
    private readonly MemoryStream bytes = new();

    public const uint Folder = 0x4000 | 0b111_101_101;
    public const uint Plain = 0x8000 | 0b110_100_100;
    public const uint SymbolicLink = 0xA000 | 0b111_111_111;

    public QfileTime Time { get; init; } = new(1_700_000_000, 123_456_789);

    public QfileStream Directory(string name, uint mode = Folder) => Entry(Bytes(name), mode, []);

    public QfileStream File(string name, string content = "content", uint mode = Plain) => Entry(Bytes(name), mode, Encoding.UTF8.GetBytes(content));

    public QfileStream Link(string name, string target) => Entry(Bytes(name), SymbolicLink, Encoding.UTF8.GetBytes(target));

    /// <param name="length">What the header says of the content; null for the truth.</param>
    public QfileStream Entry(byte[] name, uint mode, byte[] content, ulong? length = null) =>
        Header(new QfileHeader((uint)name.Length, mode, length ?? (ulong)content.Length, Time, Time)).Raw(name).Raw(content);

    public QfileStream Header(QfileHeader header)
    {
        var fixedPart = new byte[QfileHeader.Size];
        header.Write(fixedPart);
        return Raw(fixedPart);
    }

    public QfileStream Raw(ReadOnlySpan<byte> more)
    {
        bytes.Write(more);
        return this;
    }

    /// <summary>The bytes, with the end header.</summary>
    public byte[] End() => Header(QfileHeader.End).Cut();

    /// <summary>The bytes, without it.</summary>
    public byte[] Cut() => bytes.ToArray();

    private static byte[] Bytes(string name) => [.. Encoding.UTF8.GetBytes(name), 0];
}
