using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Client.Native;

/// <content>Unix sockets.</content>
internal static unsafe partial class Libc
{
    private const int UnixFamily = 1;
    private const int Stream = 1;
    private const int PathRoom = 108;
    private const int NotWaiting = 0x40;
    private const int SocketLevel = 1;
    private const int SendBufferOption = 7;
    private const int ReceiveBufferOption = 8;
    private const uint OthersBits = 0x3f;

    /// <summary>Connects to a Unix socket; blocking, close-on-exec.</summary>
    public static int ConnectUnix(string path)
    {
        var fd = NewSocket(0);
        fixed (byte* address = Address(path))
        {
            if (connect(fd, address, 2 + PathRoom) == 0)
                return fd;
        }

        throw SystemCallException.Last($"connect {path}");
    }

    /// <summary>
    /// Listens at a path, in the place of what was there, for one client of this user or root. It appears there when it listens
    /// already, so that whoever waits for it may connect at once.
    /// </summary>
    public static int ListenUnix(string path)
    {
        var fd = NewSocket(Descriptors.NonBlocking);
        var hidden = Path.Combine(Path.GetDirectoryName(path)!, $".{Environment.ProcessId}.sock");
        _ = unlink(hidden);
        var mask = umask(OthersBits);
        fixed (byte* address = Address(hidden))
        {
            if (bind(fd, address, 2 + PathRoom) != 0 || listen(fd, 1) != 0)
                throw SystemCallException.Last($"bind {hidden}");
        }

        _ = umask(mask);
        if (rename(hidden, path) == 0)
            return fd;
        var failure = SystemCallException.Last($"rename {hidden} to {path}");
        _ = unlink(hidden);
        throw failure;
    }

    /// <summary>Takes a connection, non-blocking and close-on-exec; -1 if none is waiting.</summary>
    public static int Accept(int fd) => accept4(fd, null, null, Descriptors.NonBlocking | Descriptors.CloseOnExec);

    /// <summary>Asks for room for so many bytes in each direction of a socket; the system has limits of its own.</summary>
    public static void SetBuffers(int fd, int size)
    {
        _ = setsockopt(fd, SocketLevel, SendBufferOption, &size, sizeof(int));
        _ = setsockopt(fd, SocketLevel, ReceiveBufferOption, &size, sizeof(int));
    }

    /// <summary>Writes to a socket without waiting, whatever it was opened as: bytes written, or -1 with an errno.</summary>
    public static int SendNow(int fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* pointer = source)
            return (int)send(fd, pointer, (nuint)source.Length, NotWaiting);
    }

    /// <summary>Shuts down writing.</summary>
    public static void ShutdownWriting(int fd) => _ = shutdown(fd, 1);

    /// <summary>Shuts down reading.</summary>
    public static void ShutdownReading(int fd) => _ = shutdown(fd, 0);

    /// <summary>Two sockets connected to each other, close-on-exec.</summary>
    public static (int Ours, int Theirs) SocketPair()
    {
        var ends = stackalloc int[2];
        return socketpair(UnixFamily, Stream | Descriptors.CloseOnExec, 0, ends) == 0
            ? (ends[0], ends[1])
            : throw SystemCallException.Last("socketpair");
    }

    private static int NewSocket(int flags)
    {
        var fd = socket(UnixFamily, Stream | Descriptors.CloseOnExec | flags, 0);
        return fd >= 0 ? fd : throw SystemCallException.Last("socket");
    }

    private static byte[] Address(string path)
    {
        var address = new byte[2 + PathRoom];
        address[0] = UnixFamily;
        var bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length >= PathRoom)
            throw new IOException($"the socket path {path} has {bytes.Length} bytes; at most {PathRoom - 1} are allowed");
        bytes.CopyTo(address, 2);
        return address;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);
}
