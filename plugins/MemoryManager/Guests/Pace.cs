namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>Bounds how often one guest's target changes: 6 times at once, then every 5 s, so at most 18 times in any minute.</summary>
internal struct Pace
{
    public const int AtOnce = 6;
    public static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    // When all would be there again; a token is missing for each interval until then.
    private DateTimeOffset full;

    /// <summary>Counts a change; when the next may be. One that was not waited for (<see cref="Guest.Need"/>) has its rest begin anew.</summary>
    public DateTimeOffset Take(DateTimeOffset now)
    {
        var (next, most) = ((full > now ? full : now) + Each, now + AtOnce * Each);
        full = next < most ? next : most;
        return full - Each * (AtOnce - 1);
    }
}
