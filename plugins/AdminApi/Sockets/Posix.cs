using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>What .NET has no name for.</summary>
internal static partial class Posix
{
    /// <summary><c>MSG_DONTWAIT</c>.</summary>
    private const int AtOnce = 0x40;

    /// <summary><c>MSG_NOSIGNAL</c>.</summary>
    private const int NoSignal = 0x4000;

    /// <summary>Receives what is there, into a buffer that is not empty: its length, 0 at the end, -1 when nothing can be said yet.</summary>
    public static int ReceiveAtOnce(Socket socket, Span<byte> into) =>
        (int)Receive(socket.SafeHandle, into, (nuint)into.Length, AtOnce);

    /// <summary>Sends as much as goes without waiting; 0 also on errors, which the next ordinary send will meet.</summary>
    public static int SendAtOnce(Socket socket, ReadOnlySpan<byte> bytes) =>
        Math.Max(0, (int)Send(socket.SafeHandle, bytes, (nuint)bytes.Length, AtOnce | NoSignal));

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint Receive(SafeSocketHandle socket, Span<byte> into, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, Span<byte> epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, Span<byte> events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
