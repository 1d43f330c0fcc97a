using System.Runtime.InteropServices;

namespace Qubes.Policy.Loading;

/// <summary>What tells one state of a file or directory from another, links followed.</summary>
/// <param name="Kind">The type bits of its mode; 0 if there is nothing at the path.</param>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Its number there; another file renamed over it has another.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Changed">When its content or status last changed, in nanoseconds since 1970 by the host's clock, which counts in ticks of a few milliseconds.</param>
public readonly partial record struct FileStatus(ushort Kind, ulong Device, ulong Inode, ulong Size, long Changed)
{
    private const int Here = -100;
    private const uint TypeAndBasics = 0x7ff;
    private const ushort TypeBits = 0xf000;
    private const ushort Regular = 0x8000;
    private const ushort Directory = 0x4000;

    /// <summary>Whether it is a regular file; no pipe or device, which reading could hang at.</summary>
    public bool IsFile => Kind == Regular;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Kind == Directory;

    /// <summary>Looks at a path; what cannot be looked at is as good as not there.</summary>
    public static FileStatus Of(string path)
    {
        // struct statx, the same on every machine: mode at 28, ino 32, size 40, ctime 96 (seconds 8 bytes, nanoseconds 4), device 136 and 140.
        Span<byte> answer = stackalloc byte[256];
        if (StatX(Here, path, 0, TypeAndBasics, answer) != 0)
            return default;
        return new(
            (ushort)(MemoryMarshal.Read<ushort>(answer[28..]) & TypeBits),
            ((ulong)MemoryMarshal.Read<uint>(answer[136..]) << 32) | MemoryMarshal.Read<uint>(answer[140..]),
            MemoryMarshal.Read<ulong>(answer[32..]), MemoryMarshal.Read<ulong>(answer[40..]),
            (MemoryMarshal.Read<long>(answer[96..]) * 1_000_000_000) + MemoryMarshal.Read<uint>(answer[104..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> answer);
}
