using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>
/// How many preloads batches want, whatever policies do: as many as were announced and have not been drawn. What was announced and is not
/// wanted any more counts half as much every half minute, so that a client who begins anew finds what was made for it.
/// Used on the kernel loop.
/// </summary>
internal sealed class LeasedDemand(TimeProvider time) : IAnnouncedDemand
{
    public static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(30);

    // Less than that is nothing: an eighth of a single one is kept for a minute and a half.
    private const double Least = 0.125;

    private readonly Dictionary<IQube, Demand> byTemplate = [];

    public int AnnouncedOf(IQube template) => byTemplate.TryGetValue(template, out var demand) ? demand.Wanted : 0;

    /// <summary>How many are wanted; 0 or more.</summary>
    public int Of(IQube template) => byTemplate.TryGetValue(template, out var demand)
        ? demand.Wanted + (int)Math.Ceiling(LeftOf(demand))
        : 0;

    /// <summary>Whether somebody waits, or is about to.</summary>
    public bool IsWanted(IQube template) => AnnouncedOf(template) > 0;

    /// <summary>Whether something is left that will count less by and by.</summary>
    public bool IsDecaying(IQube template) => byTemplate.TryGetValue(template, out var demand) && LeftOf(demand) > 0;

    public void Announce(IQube template, int count)
    {
        if (!byTemplate.TryGetValue(template, out var demand))
            byTemplate[template] = demand = new();
        demand.Wanted += count;
    }

    /// <summary>One is being drawn.</summary>
    public void Draw(IQube template)
    {
        if (byTemplate.TryGetValue(template, out var demand))
            demand.Wanted--;
    }

    /// <summary>Those are not wanted any more.</summary>
    public void Withdraw(IQube template, int count)
    {
        if (count == 0 || !byTemplate.TryGetValue(template, out var demand))
            return;
        var left = LeftOf(demand);
        demand.Wanted -= count;
        (demand.Left, demand.Since) = (left + count, time.GetUtcNow());
    }

    public void Forget(IQube template) => byTemplate.Remove(template);

    private double LeftOf(Demand demand)
    {
        var left = demand.Left * Math.Pow(2, -Math.Max(0, (time.GetUtcNow() - demand.Since) / HalfLife));
        return left < Least ? 0 : left;
    }

    private sealed class Demand
    {
        public int Wanted { get; set; }

        public double Left { get; set; }

        public DateTimeOffset Since { get; set; }
    }
}
