using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <summary>Descriptors.</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    private const int SetStatusFlags = 4;
    private const int SetPipeSize = 1031;
    private const int DuplicateCloseOnExec = 1030;

    /// <summary>Bytes read, 0 at the end of file, or -1 with an errno.</summary>
    public static int Read(int fd, Span<byte> target)
    {
        fixed (byte* pointer = target)
            return (int)read(fd, pointer, (nuint)target.Length);
    }

    /// <summary>Bytes written, or -1 with an errno.</summary>
    public static int Write(int fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
            return (int)write(fd, pointer, (nuint)source.Length);
    }

    /// <summary>Opens a file; close-on-exec is added.</summary>
    public static int Open(string path, int flags)
    {
        var fd = open(path, flags | CloseOnExec, 0);
        return fd >= 0 ? fd : throw SystemCallException.Last($"open {path}");
    }

    /// <summary>Both ends of a pipe, close-on-exec.</summary>
    public static (int Reading, int Writing) Pipe()
    {
        var ends = stackalloc int[2];
        return pipe2(ends, CloseOnExec) == 0 ? (ends[0], ends[1]) : throw SystemCallException.Last("pipe2");
    }

    /// <summary>A second descriptor of the same file, close-on-exec.</summary>
    public static int Duplicate(int fd)
    {
        var copy = fcntl(fd, DuplicateCloseOnExec, 0);
        return copy >= 0 ? copy : throw SystemCallException.Last("fcntl");
    }

    /// <summary>Makes reads and writes of a pipe return instead of waiting.</summary>
    public static void MakePipeNonBlocking(int fd, int flags)
    {
        if (fcntl(fd, SetStatusFlags, flags | NonBlocking) < 0)
            throw SystemCallException.Last("fcntl");
    }

    /// <summary>Asks for more room in a pipe; the kernel may refuse a user who has many.</summary>
    public static void EnlargePipe(int fd, int size) => _ = fcntl(fd, SetPipeSize, size);

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int fd) => _ = close(fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    /// <summary>Removes a file; nothing happens if there is none, or it cannot be removed.</summary>
    public static void Remove(string path) => _ = unlink(path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int argument);
}
