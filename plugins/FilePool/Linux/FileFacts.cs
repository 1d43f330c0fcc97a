using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qubes.Plugins.FilePool.Linux;

/// <summary>What the file system knows about one file, links not followed.</summary>
/// <param name="Device">Identity of the file system.</param>
/// <param name="Inode">Identity in the file system, reused after the file is gone.</param>
/// <param name="Links">Names that the file has.</param>
/// <param name="IsRegular">Neither directory, link, device, pipe nor socket.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Allocated">Bytes of disk that it uses.</param>
/// <param name="Modified">Nanoseconds since the epoch.</param>
internal sealed partial record FileFacts(
    ulong Device, ulong Inode, uint Links, bool IsRegular, long Length, long Allocated, long Modified)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicStats = 0x7ff; // STATX_BASIC_STATS
    private const int Missing = 2; // ENOENT
    private const int NotADirectory = 20; // ENOTDIR

    /// <summary>The facts, or null when no such file exists.</summary>
    public static FileFacts? Of(string path)
    {
        // struct statx (the same on every architecture): nlink u32 at 16, mode u16 at 28, ino u64 at 32, size u64 at 40,
        // blocks u64 (of 512 bytes) at 48, mtime s64 seconds at 112 and u32 nanoseconds at 120, dev 2 × u32 at 136; 256 in all.
        Span<byte> raw = stackalloc byte[256];
        if (StatCall(CurrentDirectory, path, DoNotFollow, BasicStats, ref MemoryMarshal.GetReference(raw)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is Missing or NotADirectory
                ? null
                : throw new IOException($"stat {path}: {new Win32Exception(error).Message}");
        }
        return new FileFacts(
            BinaryPrimitives.ReadUInt64LittleEndian(raw[136..]),
            BinaryPrimitives.ReadUInt64LittleEndian(raw[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(raw[16..]),
            (BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]) & 0xf000) == 0x8000,
            BinaryPrimitives.ReadInt64LittleEndian(raw[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(raw[48..]) * 512,
            BinaryPrimitives.ReadInt64LittleEndian(raw[112..]) * 1_000_000_000
            + BinaryPrimitives.ReadUInt32LittleEndian(raw[120..]));
    }

    /// <summary>Whether both are names of one file.</summary>
    public bool IsSameFile(FileFacts other) => Device == other.Device && Inode == other.Inode;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatCall(int directory, string path, int flags, uint mask, ref byte result);
}
