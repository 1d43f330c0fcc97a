namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>Who gives how much when memory is asked for (spec: qmemman, section 5).</summary>
internal static class DonorPlan
{
    /// <summary>A bit more is asked for than is needed.</summary>
    public const double SafetyNet = 1.05;

    /// <summary>What each is left with; null: they have not enough together.</summary>
    /// <param name="donors">What each has, and how much of that is beyond its preferred memory; the latter at least 0.</param>
    /// <param name="amount">That is asked for.</param>
    public static long[]? Of(IReadOnlyList<(long Actual, double Surplus)> donors, long amount)
    {
        var total = donors.Sum(d => d.Surplus);
        if (total < amount)
            return null;
        return [.. donors.Select(d => (long)(d.Actual - Math.Min(d.Surplus, d.Surplus * (amount / total) * SafetyNet)))];
    }
}
