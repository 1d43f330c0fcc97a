using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qubes.Kernel.Plugins.Trust;

/// <summary>Owner and mode of a file, a link not followed; .NET gives the mode but not the owner.</summary>
internal readonly partial record struct FileOwner(uint Uid, uint Mode)
{
    public const uint TypeMask = 0xF000;
    public const uint Directory = 0x4000;
    public const uint Regular = 0x8000;
    public const uint GroupOrOthersWrite = 0x12; // 022

    private const int CurrentDirectory = -100;  // AT_FDCWD
    private const int NoFollow = 0x100;         // AT_SYMLINK_NOFOLLOW
    private const uint TypeModeUid = 0x1 | 0x2 | 0x8;

    /// <exception cref="IOException">It is gone or cannot be looked at.</exception>
    public static FileOwner Of(string path)
    {
        if (StatX(CurrentDirectory, path, NoFollow, TypeModeUid, out var status) == 0)
            return new(status.Uid, status.Mode);
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
    }
}
