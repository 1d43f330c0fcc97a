using Qubes.Agent.Native;

namespace Qubes.Agent.Loop;

/// <summary>Waits for descriptors and calls who watches them; everything happens on the one thread that runs it.</summary>
internal sealed class EventLoop(TimeProvider time) : IDisposable
{
    private readonly int epoll = Libc.EpollCreate();
    private readonly Dictionary<int, Watch> watches = [];
    private readonly EpollEvent[] events = new EpollEvent[64];
    private readonly PriorityQueue<Alarm, long> alarms = new();
    private uint generation;

    /// <summary>Longest time between two turns, milliseconds; -1 = no limit.</summary>
    public int Heartbeat { get; set; } = -1;

    /// <summary>Watches a descriptor.</summary>
    public void Add(int fd, uint interest, Action<uint> happened)
    {
        var watch = new Watch(++generation, happened);
        watches[fd] = watch;
        Libc.EpollControl(epoll, Libc.EpollAdd, fd, new EpollEvent { Events = interest, Data = Key(fd, watch) });
    }

    /// <summary>Calls once, so many milliseconds from now, unless it is called off.</summary>
    public Alarm After(int milliseconds, Action due)
    {
        var alarm = new Alarm(due);
        alarms.Enqueue(alarm, Now() + milliseconds);
        return alarm;
    }

    /// <summary>Changes what is of interest; also reports again what is true already.</summary>
    public void Change(int fd, uint interest) => Libc.EpollControl(
        epoll, Libc.EpollModify, fd, new EpollEvent { Events = interest, Data = Key(fd, watches[fd]) });

    /// <summary>Stops watching; must come before the descriptor is closed.</summary>
    public void Remove(int fd)
    {
        if (watches.Remove(fd))
            Libc.EpollControl(epoll, Libc.EpollDelete, fd, default);
    }

    /// <summary>Serves what happened; waits for something to happen if it may.</summary>
    public void Turn(bool mayWait)
    {
        // Whatever an alarm made ready is to be worked on before anything is waited for.
        var count = Libc.EpollWait(epoll, events, Ring() || !mayWait ? 0 : Patience());
        foreach (var happened in events.AsSpan(0, count))
        {
            // An earlier event of this turn may have closed the descriptor, and its number may be someone else's now.
            var fd = (int)(uint)happened.Data;
            if (watches.TryGetValue(fd, out var watch) && Key(fd, watch) == happened.Data)
                watch.Happened(happened.Events);
        }
    }

    /// <summary>Ends the instance; descriptors stay open.</summary>
    public void Dispose() => Descriptors.Close(epoll);

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds;

    private bool Ring()
    {
        var hasRung = false;
        while (alarms.TryPeek(out var alarm, out var when) && (alarm.IsOff || when <= Now()))
        {
            alarms.Dequeue();
            hasRung |= !alarm.IsOff;
            alarm.Ring();
        }

        return hasRung;
    }

    // Rounded up, so that it does not wake before the time has come.
    private int Patience()
    {
        if (!alarms.TryPeek(out _, out var when))
            return Heartbeat;
        var left = (int)Math.Clamp(when - Now(), 0, int.MaxValue);
        return Heartbeat < 0 ? left : Math.Min(left, Heartbeat);
    }

    private static ulong Key(int fd, Watch watch) => (ulong)watch.Generation << 32 | (uint)fd;

    private sealed record Watch(uint Generation, Action<uint> Happened);
}
