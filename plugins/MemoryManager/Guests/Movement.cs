namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>A guest on its way to a target: what counts as following it (spec: qmemman, sections 1 and 4).</summary>
internal sealed class Movement(long current, DateTimeOffset now)
{
    /// <summary>So near counts as there.</summary>
    public const long Arrival = 25L << 19;

    private const long Demanded = 300L << 20;
    private const long Least = 1L << 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private long windowCurrent = current;
    private DateTimeOffset windowStart = now;

    public static bool IsThere(long current, long target) => Math.Abs(current - target) <= Arrival;

    /// <summary>What to think of it by now; null: it is not yet time to say.</summary>
    public Trouble? Judge(long current, long target, DateTimeOffset now)
    {
        if (IsThere(current, target))
            return Trouble.None;
        if (now - windowStart < Window)
            return null;
        var moved = target < current ? windowCurrent - current : current - windowCurrent;
        (windowCurrent, windowStart) = (current, now);
        return moved < Least ? Trouble.NoProgress : moved < Demanded ? Trouble.Slow : Trouble.None;
    }
}
