namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>
/// Shares memory out among pools by their weights: who wants no more than its part gets what it wants, the others share the rest, and
/// what whole preloads leave over goes to those whose remainders are the largest.
/// </summary>
internal static class FairShares
{
    /// <summary>How many preloads each pool may have.</summary>
    /// <param name="pools">In any order; the answer does not depend on it.</param>
    /// <param name="bytes">What all of them may take together; below 0 counts as 0.</param>
    /// <returns>For each pool, in the order given, 0 to what it wants.</returns>
    public static int[] Of(IReadOnlyList<PoolNeed> pools, long bytes)
    {
        var shares = new int[pools.Count];
        decimal left = Math.Max(0, bytes);
        var open = Enumerable.Range(0, pools.Count).Where(i => pools[i].Wanted > 0).ToList();
        while (open.Where(i => Wish(pools[i]) <= Part(i)).ToList() is { Count: > 0 } content)
        {
            foreach (var i in content)
                shares[i] = pools[i].Wanted;
            left -= content.Sum(i => Wish(pools[i]));
            open.RemoveAll(content.Contains);
        }
        var quotas = open.ToDictionary(i => i, i => Part(i) / pools[i].BytesEach);
        foreach (var i in open)
            shares[i] = (int)quotas[i];
        left -= open.Sum(i => (decimal)shares[i] * pools[i].BytesEach);
        var byRemainder = open.OrderByDescending(i => quotas[i] - (int)quotas[i]).ThenBy(i => shares[i])
            .ThenByDescending(i => pools[i].Weight).ThenBy(i => pools[i].Template, StringComparer.Ordinal).ToList();
        while (byRemainder.Where(i => shares[i] < pools[i].Wanted && pools[i].BytesEach <= left).ToList() is { Count: > 0 } fitting)
        {
            foreach (var i in fitting.Where(i => pools[i].BytesEach <= left))
            {
                shares[i]++;
                left -= pools[i].BytesEach;
            }
        }
        return shares;

        decimal Part(int i) => left * pools[i].Weight / open.Sum(o => pools[o].Weight);
    }

    private static decimal Wish(PoolNeed pool) => (decimal)pool.Wanted * pool.BytesEach;
}
