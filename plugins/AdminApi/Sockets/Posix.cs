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

    /// <summary>
    /// Sends as much of both parts as goes without waiting; 0 also on errors, which the next ordinary send will meet.
    /// </summary>
    public static unsafe int SendAtOnce(Socket socket, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        fixed (byte* first = head, second = body)
        {
            Part* parts = stackalloc Part[2];
            (parts[0], parts[1]) = (new(first, (nuint)head.Length), new(second, (nuint)body.Length));
            var message = new Message { Parts = parts, PartCount = 2 };
            return Math.Max(0, (int)Send(socket.SafeHandle, &message, AtOnce | NoSignal));
        }
    }

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint Receive(SafeSocketHandle socket, Span<byte> into, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static unsafe partial nint Send(SafeSocketHandle socket, Message* message, int flags);

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

    /// <summary><c>struct iovec</c>.</summary>
    private readonly unsafe struct Part(byte* bytes, nuint length)
    {
        public readonly byte* Bytes = bytes;
        public readonly nuint Length = length;
    }

    /// <summary><c>struct msghdr</c> of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Message
    {
        public nint Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public nint Control;
        public nuint ControlLength;
        public int Flags;
    }
}
