using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qubes.Kernel.Plugins.Trust;

/// <summary>What a file is and whose, a link not followed; .NET gives neither owner, nor inode, nor time of the last change of either.</summary>
/// <param name="Uid">Its owner.</param>
/// <param name="Mode">Its type and permissions.</param>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Changed">When content or any of these changed last: seconds of the epoch, and nanoseconds.</param>
internal readonly partial record struct FileFacts(uint Uid, uint Mode, ulong Inode, ulong Size, (long Seconds, uint Nanoseconds) Changed)
{
    public const uint TypeMask = 0xF000;
    public const uint Directory = 0x4000;
    public const uint Regular = 0x8000;
    public const uint Link = 0xA000;
    public const uint GroupWrite = 0x10; // 020
    public const uint OthersWrite = 0x2; // 002

    private const int CurrentDirectory = -100;  // AT_FDCWD
    private const int NoFollow = 0x100;         // AT_SYMLINK_NOFOLLOW
    private const uint BasicStats = 0x7ff;      // STATX_BASIC_STATS

    /// <summary>Directory, regular file, or a link and other things that are neither.</summary>
    public uint Type => Mode & TypeMask;

    /// <exception cref="IOException">It is gone or cannot be looked at.</exception>
    public static FileFacts Of(string path)
    {
        if (StatX(CurrentDirectory, path, NoFollow, BasicStats, out var status) == 0)
            return new(status.Uid, status.Mode, status.Inode, status.Size, (status.ChangedSeconds, status.ChangedNanoseconds));
        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"{path}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out Status status);

    // struct statx of <linux/stat.h>: the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)] public uint Uid;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(104)] public uint ChangedNanoseconds;
    }
}
