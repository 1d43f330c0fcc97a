using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Plugins.FilePool.Linux;

/// <summary>The calls of Linux that .NET has no name for. Failures are <see cref="IOException"/>s with the system's words.</summary>
internal static partial class FileCalls
{
    private const int NotAnError = -1;
    private const int OpenReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC
    private const int PunchHoleKeepSize = 0x02 | 0x01; // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    private const nuint CloneRequest = 0x40049409; // FICLONE
    private const int NoSuchAddress = 6; // ENXIO

    /// <summary>A second name for the same file.</summary>
    public static void Link(string existing, string added) => Check(LinkCall(existing, added), $"link {added}");

    /// <summary>Atomically gives the file its new name, in place of any file that has it.</summary>
    public static void Rename(string from, string to) => Check(RenameCall(from, to), $"rename {from}");

    /// <summary>Makes the directory's names durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var handle = new SafeFileHandle(Check(OpenCall(path, OpenReadOnlyDirectory), $"open {path}"), ownsHandle: true);
        Check(SyncCall(handle), $"fsync {path}");
    }

    /// <summary>Shares all of the source's blocks with the empty target; false where the file system cannot.</summary>
    public static bool TryShareBlocks(SafeFileHandle source, SafeFileHandle target) =>
        ControlCall(target, CloneRequest, source) == 0;

    /// <summary>The first byte at or after the offset that is data; null when only a hole follows.</summary>
    public static long? NextData(SafeFileHandle file, long offset) => Seek(file, offset, whence: 3);

    /// <summary>The first byte at or after the offset that is in a hole, or the end.</summary>
    public static long? NextHole(SafeFileHandle file, long offset) => Seek(file, offset, whence: 4);

    /// <summary>Copies inside the kernel; 0 at the end of the source or where the file systems cannot.</summary>
    public static long CopyRange(SafeFileHandle source, long from, SafeFileHandle target, long to, long length) =>
        Math.Max(0, CopyCall(source, ref from, target, ref to, (nuint)length, 0));

    /// <summary>Makes the range read as zeros and frees its blocks; false where the file system cannot.</summary>
    public static bool TryPunchHole(SafeFileHandle file, long offset, long length) =>
        AllocateCall(file, PunchHoleKeepSize, offset, length) == 0;

    private static long? Seek(SafeFileHandle file, long offset, int whence)
    {
        var found = SeekCall(file, offset, whence);
        if (found >= 0)
            return found;
        return Marshal.GetLastPInvokeError() == NoSuchAddress ? null : throw Failure("lseek");
    }

    private static int Check(int result, string what) => result == NotAnError ? throw Failure(what) : result;

    private static IOException Failure(string what)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{what}: {cause.Message}", cause);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCall(string existing, string added);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameCall(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncCall(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlCall(SafeFileHandle target, nuint request, SafeFileHandle source);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long SeekCall(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyCall(
        SafeFileHandle source, ref long from, SafeFileHandle target, ref long to, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int AllocateCall(SafeFileHandle file, int mode, long offset, long length);
}
