using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Agent.Native;

/// <content>Unix sockets.</content>
internal static unsafe partial class Libc
{
    private const int UnixFamily = 1;
    private const int Stream = 1;
    private const int PathRoom = 108;
    private const int InternetFamily = 2;
    private const int Internet6Family = 10;
    private const int SocketLevel = 1;
    private const int ErrorOption = 4;
    private const int PeerCredentialsOption = 17;

    /// <summary>Shuts down writing.</summary>
    public static void ShutdownWriting(int fd) => _ = shutdown(fd, 1);

    /// <summary>Connects to a Unix socket; non-blocking and close-on-exec.</summary>
    public static int ConnectUnix(string path)
    {
        var fd = NewUnixSocket();
        fixed (byte* address = UnixAddress(path))
        {
            if (connect(fd, address, 2 + PathRoom) == 0)
                return fd;
        }

        var failure = SystemCallException.Last($"connect {path}");
        Descriptors.Close(fd);
        throw failure;
    }

    /// <summary>Listens at a Unix socket, which must not exist; non-blocking and close-on-exec.</summary>
    public static int ListenUnix(string path, int backlog = 1)
    {
        var fd = NewUnixSocket();
        fixed (byte* address = UnixAddress(path))
        {
            if (bind(fd, address, 2 + PathRoom) == 0 && listen(fd, backlog) == 0)
                return fd;
        }

        var failure = SystemCallException.Last($"bind {path}");
        Descriptors.Close(fd);
        throw failure;
    }

    /// <summary>Begins to connect to a TCP port; non-blocking and close-on-exec.</summary>
    public static int BeginConnectTcp(IPEndPoint endpoint)
    {
        var address = endpoint.Serialize();
        var fd = socket((int)address.Family == (int)AddressFamily.InterNetwork ? InternetFamily : Internet6Family,
            Stream | Descriptors.NonBlocking | Descriptors.CloseOnExec, 0);
        if (fd < 0)
            throw SystemCallException.Last("socket");
        fixed (byte* pointer = address.Buffer.Span)
        {
            if (connect(fd, pointer, (uint)address.Size) == 0 || Marshal.GetLastPInvokeError() == Errno.InProgress)
                return fd;
        }

        var failure = SystemCallException.Last($"connect {endpoint}");
        Descriptors.Close(fd);
        throw failure;
    }

    /// <summary>The error of a socket, which is 0 from then on.</summary>
    public static int TakeSocketError(int fd)
    {
        int error;
        uint length = sizeof(int);
        return getsockopt(fd, SocketLevel, ErrorOption, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether a socket is connected.</summary>
    public static bool HasPeer(int fd)
    {
        var address = stackalloc byte[2 + PathRoom];
        uint length = 2 + PathRoom;
        return getpeername(fd, address, &length) == 0;
    }

    /// <summary>The user on the other side of a connected Unix socket: who connected, or who listens.</summary>
    public static uint PeerUser(int fd)
    {
        // struct ucred: pid, uid, gid
        var credentials = stackalloc uint[3];
        uint length = 3 * sizeof(uint);
        return getsockopt(fd, SocketLevel, PeerCredentialsOption, credentials, &length) == 0
            ? credentials[1]
            : throw SystemCallException.Last("getsockopt SO_PEERCRED");
    }

    /// <summary>Ends both directions; what has arrived can still be read.</summary>
    public static void ShutdownBoth(int fd) => _ = shutdown(fd, 2);

    /// <summary>Takes a connection, non-blocking and close-on-exec; -1 if none is waiting.</summary>
    public static int Accept(int fd) => accept4(fd, null, null, Descriptors.NonBlocking | Descriptors.CloseOnExec);

    /// <summary>Brings the loopback interface up.</summary>
    public static void BringLoopbackUp()
    {
        const int datagram = 2, setFlags = 0x8914, upAndRunning = 0x41;
        var fd = socket(InternetFamily, datagram | Descriptors.CloseOnExec, 0);
        var request = stackalloc byte[40];
        "lo"u8.CopyTo(new Span<byte>(request, 16));
        *(short*)(request + 16) = upAndRunning;
        var result = ioctl(fd, setFlags, request);
        var failure = SystemCallException.Last("ioctl SIOCSIFFLAGS lo");
        Descriptors.Close(fd);
        if (result != 0)
            throw failure;
    }

    private static int NewUnixSocket()
    {
        var fd = socket(UnixFamily, Stream | Descriptors.NonBlocking | Descriptors.CloseOnExec, 0);
        return fd >= 0 ? fd : throw SystemCallException.Last("socket");
    }

    private static byte[] UnixAddress(string path)
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
    private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, void* argument);
}
