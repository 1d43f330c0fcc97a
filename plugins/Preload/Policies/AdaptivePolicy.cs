using System.Globalization;
using Qubes.Sdk.Disposables;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>
/// Wants as many as were requested within the busiest minute lately, or usually are at this hour of the day, or as were announced; at least one, so
/// that the first request after a quiet time is served as well. A burst counts whole for five minutes and half as much every
/// five minutes from then on. What an announced batch has left over counts half as much every half minute. The coming hour counts ten minutes before it begins. Where memory is short it wants no more than
/// are there and what memory is left for; it gives none up for that.
/// </summary>
internal sealed class AdaptivePolicy : IPreloadPolicy
{
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BatchHalfLife = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    public string Name => "adaptive";

    public PreloadTarget TargetOf(PreloadView view)
    {
        var target = Greatest(new(1, "at least one"), Burst(view), Habit(view), Batch(view));
        if (target.Count > view.Max)
            target = new(view.Max, $"the maximum; {target.Reason}");
        return BoundedByMemory(view, target);
    }

    private static PreloadTarget Greatest(params IEnumerable<PreloadTarget> targets) => targets.MaxBy(t => t.Count);

    private static PreloadTarget Burst(PreloadView view)
    {
        var (most, weight) = (0, 0.0);
        foreach (var minute in BusyMinutes.Of(view.Demand.Recent))
        {
            var past = view.Now - minute.End - Whole;
            // A clock that was set back makes a request look younger than none.
            var counted = minute.Requests * Math.Pow(2, -Math.Max(0, past / HalfLife));
            if (counted > weight)
                (most, weight) = (minute.Requests, counted);
        }
        return new(Up(weight), $"{most} requested within a minute lately");
    }

    private static PreloadTarget Habit(PreloadView view)
    {
        var usual = Math.Max(view.Demand.UsualPeaks[view.Now.Hour], view.Demand.UsualPeaks[(view.Now + Ahead).Hour]);
        return new(Up(usual), $"{usual.ToString("0.#", CultureInfo.InvariantCulture)} a minute are usual at this hour");
    }

    private static PreloadTarget Batch(PreloadView view)
    {
        var batch = view.Batch;
        if (batch.EndedAt is not { } ended)
            return new(batch.Outstanding, $"{batch.Outstanding} announced");
        // Whoever ended it may begin another one. Nothing is made for that.
        var kept = Up(batch.Largest * Math.Pow(2, -Math.Max(0, (view.Now - ended) / BatchHalfLife)));
        return new(Math.Min(kept, view.Queued), $"left of a batch of {batch.Largest}");
    }

    private static PreloadTarget BoundedByMemory(PreloadView view, PreloadTarget target)
    {
        if (view.AvailableBytes is not { } bytes || view.BytesEach <= 0)
            return target;
        var affordable = view.Queued + bytes / view.BytesEach;
        return affordable < target.Count ? new((int)affordable, $"memory allows no more; {target.Reason}") : target;
    }

    // What is left of a decayed value below a twentieth is nothing.
    private static int Up(double value) => (int)Math.Min(int.MaxValue, Math.Ceiling(value - 0.05));
}
