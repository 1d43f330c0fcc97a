using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <summary>Descriptors.</summary>
internal static unsafe partial class Libc
{
    private const int SetStatusFlags = 4;
    private const int SetPipeSize = 1031;
    private const int DuplicateCloseOnExec = 1030;

    /// <summary>A second descriptor of the same file, close-on-exec.</summary>
    public static int Duplicate(int fd)
    {
        var copy = fcntl(fd, DuplicateCloseOnExec, 0);
        return copy >= 0 ? copy : throw SystemCallException.Last("fcntl");
    }

    /// <summary>Makes reads and writes of a pipe return instead of waiting.</summary>
    public static void MakePipeNonBlocking(int fd, int flags)
    {
        if (fcntl(fd, SetStatusFlags, flags | Descriptors.NonBlocking) < 0)
            throw SystemCallException.Last("fcntl");
    }

    /// <summary>Asks for more room in a pipe; the kernel may refuse a user who has many.</summary>
    public static void EnlargePipe(int fd, int size) => _ = fcntl(fd, SetPipeSize, size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int argument);
}
