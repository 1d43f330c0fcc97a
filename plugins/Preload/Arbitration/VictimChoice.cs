using Qubes.Plugins.Preload.Freshness;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>
/// Which preload is given up next: one that cannot be handed out anyway; else one of a pool that has more than its fair share of
/// what there will be, there one that is still on its way, then an outdated one, then the largest that has been idle longest.
/// </summary>
internal static class VictimChoice
{
    /// <summary>Those that hold at least this part of what the largest holds are as large: a page more or less decides nothing.</summary>
    private const double AsLarge = 7.0 / 8;

    /// <summary>The index of one of the candidates; null: there are none.</summary>
    public static int? Of(IReadOnlyList<PoolNeed> pools, IReadOnlyList<VictimCandidate> candidates)
    {
        var all = Enumerable.Range(0, candidates.Count).ToList();
        if (all.Where(i => candidates[i].Freshness == FreshnessClass.Discard).ToList() is { Count: > 0 } useless)
            return Largest(candidates, useless);
        var shares = FairShares.Of(pools, OneLess(pools));
        var excess = all.Where(i => pools[candidates[i].Pool].Held > shares[candidates[i].Pool]).ToList();
        return Largest(candidates, FirstClass(candidates, excess.Count > 0 ? excess : all));
    }

    // What all pools hold, but for the smallest thing that could be given up.
    private static long OneLess(IReadOnlyList<PoolNeed> pools)
    {
        var held = pools.Where(p => p.Held > 0).ToList();
        return held.Count == 0 ? 0 : held.Sum(p => p.Held * p.BytesEach) - held.Min(p => p.BytesEach);
    }

    private static List<int> FirstClass(IReadOnlyList<VictimCandidate> candidates, List<int> among) =>
        among.GroupBy(i => candidates[i] switch
        {
            { IdleSince: null } => 0,
            { Freshness: not FreshnessClass.Fresh } => 1,
            _ => 2,
        }).MinBy(g => g.Key)?.ToList() ?? [];

    private static int? Largest(IReadOnlyList<VictimCandidate> candidates, List<int> among)
    {
        if (among.Count == 0)
            return null;
        var most = among.Max(i => candidates[i].Bytes);
        return among.Where(i => candidates[i].Bytes >= most * AsLarge).MinBy(i => candidates[i].IdleSince ?? DateTimeOffset.MaxValue);
    }
}
