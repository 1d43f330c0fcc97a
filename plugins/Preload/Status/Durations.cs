namespace Qubes.Plugins.Preload.Status;

/// <summary>How long something took: a histogram of all, and the last ones for percentiles.</summary>
internal sealed class Durations
{
    /// <summary>How many percentiles are of.</summary>
    public const int Window = 512;

    private readonly Queue<double> last = new();
    private readonly long[] counts = new long[Bounds.Count + 1];

    /// <summary>Upper bounds of the histogram's buckets, seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60];

    /// <summary>For each bound and then for what is beyond all, how many took at most that long and longer than the bound before.</summary>
    public IReadOnlyList<long> Counts => counts;

    public long Count { get; private set; }

    /// <summary>Seconds.</summary>
    public double Sum { get; private set; }

    /// <summary>The last ones, seconds, in no order.</summary>
    public IEnumerable<double> Last => last;

    public void Add(TimeSpan took)
    {
        // A clock that was set back makes no time negative.
        var seconds = Math.Max(0, took.TotalSeconds);
        var bucket = Bounds.Index().FirstOrDefault(b => seconds <= b.Item, (Bounds.Count, 0)).Item1;
        counts[bucket]++;
        Count++;
        Sum += seconds;
        if (last.Count == Window)
            last.Dequeue();
        last.Enqueue(seconds);
    }

    /// <summary>The value that the given part of all does not exceed (nearest rank); null: there are none.</summary>
    /// <param name="seconds">Some durations.</param>
    /// <param name="part">Above 0, at most 1.</param>
    public static double? Percentile(IEnumerable<double> seconds, double part)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
