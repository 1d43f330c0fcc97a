using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <content>epoll and poll.</content>
internal static unsafe partial class Libc
{
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    /// <summary>A new epoll instance.</summary>
    public static int EpollCreate()
    {
        var fd = epoll_create1(Descriptors.CloseOnExec);
        return fd >= 0 ? fd : throw SystemCallException.Last("epoll_create1");
    }

    /// <summary>Adds, changes or removes what is watched.</summary>
    public static void EpollControl(int epoll, int operation, int fd, EpollEvent watched)
    {
        if (epoll_ctl(epoll, operation, fd, &watched) != 0)
            throw SystemCallException.Last("epoll_ctl");
    }

    /// <summary>Waits for events; 0 after the time or an interruption.</summary>
    public static int EpollWait(int epoll, Span<EpollEvent> events, int milliseconds)
    {
        int count;
        fixed (EpollEvent* pointer = events)
            count = epoll_wait(epoll, pointer, events.Length, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
            throw SystemCallException.Last("epoll_wait");
        return Math.Max(count, 0);
    }

    /// <summary>What is true of one descriptor now, as poll sees it.</summary>
    public static int PollNow(int fd, short events)
    {
        var entry = new PollEntry { Fd = fd, Events = events };
        return poll(&entry, 1, 0) < 0 ? throw SystemCallException.Last("poll") : entry.Happened;
    }

    /// <summary>Lets time pass where there is no event to wait for: devices that appear, processes about to end.</summary>
    public static void Pause(int milliseconds) => _ = poll(null, 0, milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* watched);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, EpollEvent* events, int count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Happened;
    }
}
