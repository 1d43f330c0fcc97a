namespace Qubes.Plugins.MemoryManager.Shrinking;

/// <summary>
/// Whether a guest gives back fast enough: no demand for 3 s, then 100 MiB within the last 0.9 s (spec: qmemman, section 6); and done within
/// a limit of ours.
/// </summary>
internal sealed class ShrinkProgress(DateTimeOffset start)
{
    private const long Demanded = 100L << 20;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lately = TimeSpan.FromMilliseconds(900);

    private readonly Queue<(DateTimeOffset At, long Current)> seen = [];

    public bool IsStalled(long current, DateTimeOffset now)
    {
        seen.Enqueue((now, current));
        while (seen.Skip(1).FirstOrDefault() is { At: var next } && next != default && now - next >= Lately)
            seen.Dequeue();
        if (now - start < Grace)
            return false;
        return now - start >= Shrinker.Limit || seen.Peek().Current - current < Demanded;
    }
}
