using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Qrexec.Files;

/// <summary>What .NET does not tell of a file: its type and times to the nanosecond.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Accessed">Time of the last access.</param>
/// <param name="Modified">Time of the last change.</param>
internal readonly partial record struct FileStatus(uint Mode, long Length, QfileTime Accessed, QfileTime Modified)
{
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFields = 0x7ff;
    private const int StatusRoom = 256;
    private const int OpenFlags = 0x80000 | 0x20000 | 0x800; // close-on-exec, no link, no waiting for a pipe's other end

    /// <summary>The header of an entry with this status.</summary>
    public QfileHeader Header(int nameLength, bool isDirectory) =>
        new((uint)nameLength, Mode, isDirectory ? 0 : (ulong)Length, Accessed, Modified);

    /// <summary>Of a path; a link is not followed unless asked for.</summary>
    /// <exception cref="IOException">There is no such file, or it may not be looked at.</exception>
    public static FileStatus Of(string path, bool follow = false) =>
        Query(WorkingDirectory, path, follow ? 0 : NoFollow) ?? throw Failure(path);

    /// <summary>Of an open file.</summary>
    public static FileStatus Of(SafeFileHandle file) =>
        Query((int)file.DangerousGetHandle(), "", EmptyPath) ?? throw Failure("file");

    /// <summary>Opens a file for reading that is no link; of a pipe, without waiting.</summary>
    /// <param name="follow">Follow a link all the same.</param>
    public static SafeFileHandle Open(string path, bool follow)
    {
        var handle = open(path, follow ? OpenFlags & ~0x20000 : OpenFlags, 0);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw Failure(path);
    }

    private static IOException Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {new Win32Exception(error).Message}", error);
    }

    private static unsafe FileStatus? Query(int directory, string path, int flags)
    {
        // struct statx: mode u16 at 28, size u64 at 40, atime at 64, mtime at 112; a time is s64 seconds, u32 nanoseconds.
        var status = stackalloc byte[StatusRoom];
        if (statx(directory, path, flags, BasicFields, status) != 0)
            return null;
        return new FileStatus(*(ushort*)(status + 28), *(long*)(status + 40), TimeAt(status + 64), TimeAt(status + 112));
    }

    private static unsafe QfileTime TimeAt(byte* time) =>
        new((uint)Math.Clamp(*(long*)time, 0, uint.MaxValue), *(uint*)(time + 8));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);
}
