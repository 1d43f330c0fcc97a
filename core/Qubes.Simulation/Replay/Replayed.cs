namespace Qubes.Simulation.Replay;

/// <summary>What came of a trace under one policy.</summary>
/// <param name="policy">The policy's name.</param>
/// <param name="length">How long the trace is.</param>
/// <param name="gibEach">What one disposable takes.</param>
internal sealed class Replayed(string policy, TimeSpan length, double gibEach)
{
    /// <summary>Parts that the time is cut into for the chart.</summary>
    public const int Parts = 60;

    private readonly double[] held = new double[Parts];
    private readonly List<TimeSpan> waits = [];
    private readonly Dictionary<Outcome, int> outcomes = [];

    public string Policy => policy;

    /// <summary>Why it failed to decide, the last time; null: it never has.</summary>
    public string? Fault { get; set; }

    public int Requests => outcomes.Values.Sum();

    /// <summary>The part of all requests that a preload served, 0 to 1.</summary>
    public double HitRate => (double)(Of(Outcome.Ready) + Of(Outcome.Awaited)) / Math.Max(1, Requests);

    /// <summary>Memory that preloads had while nobody used them, GiB × seconds.</summary>
    public double GibSeconds => held.Sum() * gibEach;

    /// <summary>How many preloads there were on average.</summary>
    public double MeanHeld => held.Sum() / Math.Max(1, length.TotalSeconds);

    /// <summary>How many preloads there were on average in each part of the time.</summary>
    public IReadOnlyList<double> Held => [.. held.Select(h => h / Math.Max(0.001, length.TotalSeconds / Parts))];

    /// <summary>Requests in each part of the time that no ready preload served.</summary>
    public int[] Waited { get; } = new int[Parts];

    public int Of(Outcome outcome) => outcomes.GetValueOrDefault(outcome);

    public void Add(TimeSpan at, Outcome outcome, TimeSpan wait)
    {
        outcomes[outcome] = Of(outcome) + 1;
        if (outcome != Outcome.Failed)
            waits.Add(wait);
        if (outcome != Outcome.Ready)
            Waited[PartOf(at)]++;
    }

    /// <summary>So many preloads were there from one time to another; what is outside of the trace does not count.</summary>
    public void Hold(TimeSpan from, TimeSpan to, int count)
    {
        from = from < TimeSpan.Zero ? TimeSpan.Zero : from;
        to = to > length ? length : to;
        while (from < to && count > 0)
        {
            var part = PartOf(from);
            var end = part == Parts - 1 ? to : length * (part + 1) / Parts;
            end = end > to || end <= from ? to : end;
            held[part] += count * (end - from).TotalSeconds;
            from = end;
        }
    }

    /// <summary>The wait that the given part of all requests did not exceed (nearest rank), seconds; 0 without requests.</summary>
    /// <param name="part">Above 0, at most 1.</param>
    public double Wait(double part)
    {
        var sorted = waits.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Count) - 1, 0, sorted.Count - 1)].TotalSeconds;
    }

    /// <summary>The part of the time that a moment is in.</summary>
    public int PartOf(TimeSpan at) => length <= TimeSpan.Zero ? 0 : Math.Clamp((int)(at / length * Parts), 0, Parts - 1);
}
