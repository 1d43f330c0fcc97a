using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Plugins.Qemu.Memory;

/// <summary>What Linux's statx says of a file.</summary>
/// <param name="User">Who owns it.</param>
/// <param name="Mode">Kind and permissions, as in <c>st_mode</c>.</param>
/// <param name="Inode">Its number on its file system.</param>
/// <param name="Size">Bytes, holes included.</param>
/// <param name="Allocated">Bytes that it takes.</param>
/// <param name="Changed">When it was last written to or renamed: seconds and nanoseconds of its ctime.</param>
internal sealed partial record FileFacts(uint User, ushort Mode, ulong Inode, long Size, long Allocated, (long, uint) Changed)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH: the descriptor itself
    private const uint BasicFacts = 0x7ff; // STATX_BASIC_STATS
    private const int KindMask = 0xf000;
    private const int WritableByOthers = 0x12; // 022

    public bool IsDirectory => (Mode & KindMask) == 0x4000;

    public bool IsRegular => (Mode & KindMask) == 0x8000;

    /// <summary>The file's owner alone can change it.</summary>
    public bool IsOnlyOwners => (Mode & WritableByOthers) == 0;

    /// <summary>Of what the path names, a link itself where it is one; null when there is nothing.</summary>
    public static FileFacts? OfLink(string path) => Read(CurrentDirectory, path, NoFollow);

    /// <summary>Of the file behind the path; null when there is none.</summary>
    public static FileFacts? Of(string path) => Read(CurrentDirectory, path, 0);

    /// <summary>Of an open file.</summary>
    public static FileFacts Of(SafeFileHandle file)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath) ?? throw new IOException("statx");
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    // struct statx: nlink u32 at 16, uid u32 at 20, mode u16 at 28, ino u64 at 32, size u64 at 40, blocks (of 512 bytes) u64 at
    // 48, ctime at 96 as s64 and u32.
    private static FileFacts? Read(int directory, string path, int flags)
    {
        Span<byte> facts = stackalloc byte[256];
        if (Stat(directory, path, flags, BasicFacts, ref MemoryMarshal.GetReference(facts)) != 0)
            return null;
        return new FileFacts(
            BinaryPrimitives.ReadUInt32LittleEndian(facts[20..]),
            BinaryPrimitives.ReadUInt16LittleEndian(facts[28..]),
            BinaryPrimitives.ReadUInt64LittleEndian(facts[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(facts[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(facts[48..]) * 512,
            (BinaryPrimitives.ReadInt64LittleEndian(facts[96..]), BinaryPrimitives.ReadUInt32LittleEndian(facts[104..])));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int directory, string path, int flags, uint mask, ref byte result);
}
