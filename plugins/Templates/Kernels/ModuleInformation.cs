using System.Buffers.Binary;
using System.Text;

namespace Qubes.Plugins.Templates.Kernels;

/// <summary>What a kernel module says of itself.</summary>
/// <param name="Depends">Names of modules that must be loaded before it.</param>
/// <param name="SoftDepends">Names or aliases that should be loaded before it where they exist.</param>
/// <param name="Aliases">Other names it answers to.</param>
internal sealed record ModuleInformation(
    IReadOnlyList<string> Depends, IReadOnlyList<string> SoftDepends, IReadOnlyList<string> Aliases)
{
    // ELF64, little endian (System V ABI):
    //   header    0: 7F 'E' 'L' 'F' 02 01; 0x28: u64 offset of the section table; 0x3A: u16 size of a section's entry,
    //             u16 number of entries, u16 index of the section that holds the names
    //   entry     0: u32 offset of its name; 0x18: u64 offset; 0x20: u64 size
    // Section .modinfo: texts "key=value", each ended by NUL, with NULs between for alignment.
    private const int HeaderSize = 64;
    private const int EntrySize = 64;

    private static ReadOnlySpan<byte> Magic => [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1];

    /// <summary>Reads a module file.</summary>
    /// <exception cref="InvalidDataException">It is no module.</exception>
    public static ModuleInformation Read(ReadOnlySpan<byte> file)
    {
        List<string> depends = [], soft = [], aliases = [];
        foreach (var text in Encoding.ASCII.GetString(Section(file, ".modinfo")).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = text.IndexOf('=');
            var value = equals < 0 ? "" : text[(equals + 1)..];
            switch (equals < 0 ? "" : text[..equals])
            {
                case "depends":
                    depends.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "softdep":
                    soft.AddRange(Before(value));
                    break;
                case "alias":
                    aliases.Add(value);
                    break;
            }
        }
        return new ModuleInformation(depends, soft, aliases);
    }

    // "pre: a b post: c": what stands after "pre:".
    private static IEnumerable<string> Before(string value)
    {
        var taken = false;
        foreach (var word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.EndsWith(':'))
                taken = word == "pre:";
            else if (taken)
                yield return word;
        }
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> file, string wanted)
    {
        if (file.Length < HeaderSize || !file.StartsWith(Magic))
            throw new InvalidDataException("no 64-bit ELF file");
        var table = BinaryPrimitives.ReadUInt64LittleEndian(file[0x28..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3C..]);
        var names = Content(file, table, count, BinaryPrimitives.ReadUInt16LittleEndian(file[0x3E..]));
        if (BinaryPrimitives.ReadUInt16LittleEndian(file[0x3A..]) != EntrySize)
            throw new InvalidDataException("section entries of an unknown size");
        for (var i = 0; i < count; i++)
        {
            var start = BinaryPrimitives.ReadUInt32LittleEndian(Entry(file, table, count, i));
            if (start < (uint)names.Length && names[(int)start..] is var name
                && name.StartsWith(Encoding.ASCII.GetBytes(wanted + "\0")))
                return Content(file, table, count, i);
        }
        throw new InvalidDataException($"no section {wanted}");
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> file, ulong table, int count, int index)
    {
        var entry = Entry(file, table, count, index);
        return Slice(file, BinaryPrimitives.ReadUInt64LittleEndian(entry[0x18..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[0x20..]));
    }

    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> file, ulong table, int count, int index) =>
        index < count && table < (ulong)file.Length
            ? Slice(file, table + (ulong)index * EntrySize, EntrySize)
            : throw new InvalidDataException("a section's entry lies outside the table");

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> file, ulong start, ulong size) =>
        start <= (ulong)file.Length && size <= (ulong)file.Length - start
            ? file.Slice((int)start, (int)size)
            : throw new InvalidDataException("a part lies outside the file");
}
