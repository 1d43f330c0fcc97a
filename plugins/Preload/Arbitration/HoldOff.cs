namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>
/// How long memory must have been free before anything grows: twice as long each time when pressure came back soon after growth, up
/// to a limit; as at first after it stayed away.
/// </summary>
internal sealed class HoldOff
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Pressure that comes that soon after growth is taken for its consequence.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    private DateTimeOffset? grown;
    private DateTimeOffset calmSince = DateTimeOffset.MinValue;

    public TimeSpan Length { get; private set; } = Shortest;

    /// <summary>When something may grow, if pressure does not come back.</summary>
    public DateTimeOffset Until => calmSince == DateTimeOffset.MinValue ? DateTimeOffset.MinValue : calmSince + Length;

    public void Grow(DateTimeOffset now) => grown = now;

    /// <summary>There is pressure, where there was none.</summary>
    public void Press(DateTimeOffset now)
    {
        if (grown is { } last && now - last <= Soon)
            Length = Length * 2 < Longest ? Length * 2 : Longest;
        else if (now - calmSince > Length + Soon)
            Length = Shortest;
        grown = null;
    }

    /// <summary>The pressure is gone.</summary>
    public void Calm(DateTimeOffset now) => calmSince = now;
}
