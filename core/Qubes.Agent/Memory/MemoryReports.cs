using Qubes.Agent.Loop;

namespace Qubes.Agent.Memory;

/// <summary>
/// Tells the host how much memory is used, as seldom as will do: when that has changed by something, when a program waits for memory,
/// and from time to time. An idle guest is not woken more than once a second.
/// </summary>
/// <param name="loop">Where it waits.</param>
/// <param name="measure">KiB in use; null if that cannot be told.</param>
/// <param name="time">The loop's clock.</param>
internal sealed class MemoryReports(EventLoop loop, Func<long?> measure, TimeProvider time)
{
    private const int IdlePeriod = 1000;
    private const int ShortestPeriod = 100;
    private const int LeastChange = 1024;
    private const int LeastPart = 50;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private Action<uint>? tell;
    private Alarm? next;
    private int period;
    private long told;
    private long toldAt;
    private long lookedAt;

    /// <summary>Somebody wants reports.</summary>
    public bool IsAsked => tell is not null;

    /// <summary>Begins to report, with one report at once, at most one in so many milliseconds.</summary>
    public void Begin(int milliseconds, Action<uint> tell)
    {
        Stop();
        (period, this.tell) = (milliseconds, tell);
        if (measure() is { } use)
            Tell(use);
        Schedule(period);
    }

    /// <summary>Reports no more.</summary>
    public void Stop()
    {
        tell = null;
        next?.CallOff();
        next = null;
    }

    /// <summary>A program waits for memory: the host should know at once what is used.</summary>
    public void Stalled()
    {
        if (IsAsked && time.GetElapsedTime(lookedAt).TotalMilliseconds >= ShortestPeriod)
            Look(leastChange: 1);
    }

    private void Look(long leastChange)
    {
        next?.CallOff();
        // A measurement that fails once may work the next time; the host takes silence for what it is.
        var hasChanged = false;
        if (measure() is { } use)
        {
            hasChanged = Math.Abs(use - told) >= leastChange;
            if (hasChanged || time.GetElapsedTime(toldAt) >= LongestSilence)
                Tell(use);
        }

        Schedule(hasChanged ? period : Math.Max(period, IdlePeriod));
    }

    private void Tell(long use)
    {
        (told, toldAt) = (use, time.GetTimestamp());
        tell!((uint)Math.Clamp(use, 0, uint.MaxValue));
    }

    private void Schedule(int milliseconds)
    {
        lookedAt = time.GetTimestamp();
        next = loop.After(milliseconds, () => Look(Math.Max(LeastChange, told / LeastPart)));
    }
}
