namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Bounds how often one guest's target changes: 6 times at once, then every 5 s, so at most 18 times in any minute.</summary>
internal struct Pace
{
    public const int AtOnce = 6;
    public static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    // When all would be there again; a token is missing for each interval until then.
    private DateTimeOffset full;

    /// <summary>Counts a change; when the next may be.</summary>
    public DateTimeOffset Take(DateTimeOffset now)
    {
        full = (full > now ? full : now) + Each;
        return full - Each * (AtOnce - 1);
    }
}
