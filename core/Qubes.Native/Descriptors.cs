using System.Runtime.InteropServices;

namespace Qubes.Native;

/// <summary>
/// What every program in a guest does with descriptors. Plain numbers and errors, since these programs live from a loop of their own and
/// from descriptors that do not wait.
/// </summary>
public static unsafe partial class Descriptors
{
    /// <summary>O_RDONLY.</summary>
    public const int ReadOnly = 0;

    /// <summary>O_WRONLY.</summary>
    public const int WriteOnly = 1;

    /// <summary>O_RDWR.</summary>
    public const int ReadWrite = 2;

    /// <summary>O_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>O_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;

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

    /// <summary>Opens a file that exists, close-on-exec; -1 with an errno if that is not possible.</summary>
    public static int TryOpen(string path, int flags) => open(path, flags | CloseOnExec, 0);

    /// <summary>Opens a file that exists, close-on-exec.</summary>
    /// <exception cref="SystemCallException">That is not possible.</exception>
    public static int Open(string path, int flags)
    {
        var fd = TryOpen(path, flags);
        return fd >= 0 ? fd : throw SystemCallException.Last($"open {path}");
    }

    /// <summary>Both ends of a pipe, close-on-exec.</summary>
    public static (int Reading, int Writing) Pipe()
    {
        var ends = stackalloc int[2];
        return pipe2(ends, CloseOnExec) == 0 ? (ends[0], ends[1]) : throw SystemCallException.Last("pipe2");
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int fd) => _ = close(fd);

    /// <summary>Removes a file; nothing happens if there is none, or it cannot be removed.</summary>
    public static void Remove(string path) => _ = unlink(path);

    /// <summary>Whether a descriptor is a terminal.</summary>
    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc")]
    private static partial int isatty(int fd);
}
