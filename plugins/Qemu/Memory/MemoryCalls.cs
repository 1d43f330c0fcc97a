using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Memory;

/// <summary>The kernel's calls on memory files and sparse files, and their failures in words.</summary>
internal static partial class MemoryCalls
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC
    private const uint AllowSealing = 2; // MFD_ALLOW_SEALING
    private const int AddSeals = 1033; // F_ADD_SEALS
    private const int AllSeals = 0x1 | 0x2 | 0x4 | 0x8; // F_SEAL_SEAL, _SHRINK, _GROW, _WRITE
    private const int SeekData = 3; // SEEK_DATA
    private const int NothingThere = 6; // ENXIO: only a hole from here to the end
    private const int PunchHole = 0x02 | 0x01; // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    private const int ReadDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC

    public static SafeFileHandle Create(string name) =>
        new(Check(CreateCall(name, CloseOnExec | AllowSealing), "memfd_create"), ownsHandle: true);

    /// <summary>Forbids every write, growth and shrinking, to everybody and for ever. No writable mapping may exist.</summary>
    public static void Seal(SafeFileHandle file) => Check(ControlCall(file, AddSeals, AllSeals), "F_ADD_SEALS");

    /// <summary>Where the next bytes are that may not be zero; null: nowhere.</summary>
    public static long? NextData(SafeFileHandle file, long from)
    {
        var found = SeekCall(file, from, SeekData);
        if (found >= 0)
            return found;
        return Marshal.GetLastPInvokeError() == NothingThere ? null : throw Failure("lseek");
    }

    /// <summary>Gives back the memory of whole pages, which read as zeros from then on.</summary>
    public static void GiveBack(SafeFileHandle file, long offset, long length) =>
        Check(AllocateCall(file, PunchHole, offset, length), "fallocate");

    /// <summary>Returns when a directory's entries are on the disk.</summary>
    public static void SyncDirectory(string path)
    {
        using var handle = new SafeFileHandle(Check(OpenCall(path, ReadDirectory), $"open {path}"), ownsHandle: true);
        Check(SyncCall(handle), $"fsync {path}");
    }

    private static int Check(int result, string what) => result >= 0 ? result : throw Failure(what);

    private static QubeException Failure(string what) => new($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateCall(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlCall(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long SeekCall(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int AllocateCall(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncCall(SafeFileHandle file);
}
