using Qubes.Sdk.Disposables;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>What was asked of one template: the last hour in full, and of earlier days each hour's busiest minute.</summary>
/// <param name="usual">24 values, one for each hour of the day.</param>
internal sealed class DemandRecord(double[] usual)
{
    public const int MostRecent = 256;

    /// <summary>How much the newest day counts.</summary>
    private const double Newest = 0.3;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly List<DateTimeOffset> recent = [];
    private DateTimeOffset? hour;
    private int peak;

    public IReadOnlyList<double> UsualPeaks => usual;

    /// <summary>A disposable was requested.</summary>
    public void Note(DateTimeOffset now)
    {
        Pass(now);
        if (recent.Count == MostRecent)
            recent.RemoveAt(0);
        recent.Add(now);
        peak = Math.Max(peak, BusyMinutes.Of(recent).Last().Requests);
    }

    /// <summary>Closes the hour when another one has begun; true: what is kept over restarts has changed.</summary>
    public bool Pass(DateTimeOffset now)
    {
        recent.RemoveAll(t => now - t > Kept);
        var begun = now - TimeSpan.FromTicks(now.TimeOfDay.Ticks % TimeSpan.TicksPerHour);
        if (hour is { } open && open == begun)
            return false;
        var changed = hour is { } closed && Close(closed.Hour);
        (hour, peak) = (begun, 0);
        return changed;
    }

    public PreloadDemand Seen => new([.. recent], [.. usual]);

    private bool Close(int ofDay)
    {
        var before = usual[ofDay];
        usual[ofDay] = DemandText.Rounded(before + (peak - before) * Newest);
        return usual[ofDay] != before;
    }
}
