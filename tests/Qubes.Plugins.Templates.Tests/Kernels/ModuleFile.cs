using System.Buffers.Binary;
using System.Text;

namespace Qubes.Plugins.Templates.Tests.Kernels;

/// <summary>Writes the least ELF file that has a section <c>.modinfo</c>.</summary>
internal static class ModuleFile
{
    public const int TableOffset = 64;

    public static byte[] Write(params string[] values)
    {
        var names = "\0.shstrtab\0.modinfo\0"u8.ToArray();
        var info = Encoding.ASCII.GetBytes(string.Concat(values.Select(v => v + "\0\0")));
        var file = new byte[TableOffset + 3 * 64 + names.Length + info.Length];
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x28), TableOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3E), 1);
        var content = TableOffset + 3 * 64;
        WriteSection(file, 1, name: 1, content, names);
        WriteSection(file, 2, name: 11, content + names.Length, info);
        return file;
    }

    private static void WriteSection(byte[] file, int index, uint name, int offset, byte[] content)
    {
        var entry = file.AsSpan(TableOffset + index * 64);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, name);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[0x18..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[0x20..], (ulong)content.Length);
        content.CopyTo(file, offset);
    }
}
