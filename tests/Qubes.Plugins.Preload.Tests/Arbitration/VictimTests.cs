using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Freshness;

namespace Qubes.Plugins.Preload.Tests.Arbitration;

/// <summary>Which preload is given up first.</summary>
public sealed class VictimTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static PoolNeed Pool(string name, int held, int weight = 100, long mib = 400) => new(name, 9, held, 0, weight, mib * MiB);

    private static VictimCandidate Ready(int pool, double since, long mib = 400, FreshnessClass freshness = FreshnessClass.Fresh) =>
        new(pool, freshness, Start.AddSeconds(since), mib * MiB);

    [Fact]
    public void Nobody_where_there_is_nobody() => Assert.Null(VictimChoice.Of([Pool("a", 0)], []));

    [Fact]
    public void One_of_a_pool_that_has_more_than_its_share_however_long_others_are_idle() =>
        Assert.Equal(2, VictimChoice.Of([Pool("a", 1), Pool("b", 3)], [Ready(0, 0, mib: 900), Ready(1, 60), Ready(1, 50), Ready(1, 70)]));

    [Fact]
    public void A_share_is_by_weight() =>
        Assert.Equal(0, VictimChoice.Of([Pool("a", 2), Pool("b", 3, weight: 300)], [Ready(0, 9), Ready(0, 10), Ready(1, 0), Ready(1, 0), Ready(1, 0)]));

    [Fact]
    public void The_largest() => Assert.Equal(1, VictimChoice.Of([Pool("a", 3)], [Ready(0, 0, mib: 100), Ready(0, 5, mib: 300), Ready(0, 2, mib: 200)]));

    [Fact]
    public void Of_about_equally_large_ones_the_one_that_is_idle_longest() =>
        Assert.Equal(2, VictimChoice.Of([Pool("a", 3)], [Ready(0, 7, mib: 301), Ready(0, 5, mib: 303), Ready(0, 2, mib: 299)]));

    [Fact]
    public void One_that_can_never_be_handed_out_before_all_others() => Assert.Equal(
        0, VictimChoice.Of([Pool("a", 1), Pool("b", 3)], [Ready(0, 9, freshness: FreshnessClass.Discard), Ready(1, 0), Ready(1, 0), Ready(1, 0)]));

    [Fact]
    public void An_outdated_one_before_a_fresh_one() => Assert.Equal(
        1, VictimChoice.Of([Pool("a", 2)], [Ready(0, 0), Ready(0, 9, freshness: FreshnessClass.ServeButReplace)]));

    [Fact]
    public void One_that_is_on_its_way_before_one_that_is_ready() => Assert.Equal(
        1, VictimChoice.Of([Pool("a", 2)], [Ready(0, 0), new(0, FreshnessClass.Fresh, null, 10 * MiB)]));

    [Fact]
    public void Down_to_nothing_pools_keep_their_proportions()
    {
        PoolNeed[] pools = [Pool("a", 6, weight: 300), Pool("b", 2, weight: 100), Pool("c", 2, weight: 100)];
        while (pools.Any(p => p.Held > 0))
        {
            var candidates = pools.Index().SelectMany(p => Enumerable.Range(0, p.Item.Held).Select(i => Ready(p.Index, i))).ToList();
            var victim = VictimChoice.Of(pools, candidates)!.Value;
            pools[candidates[victim].Pool] = pools[candidates[victim].Pool] with { Held = pools[candidates[victim].Pool].Held - 1 };
            var all = pools.Sum(p => p.Held);
            Assert.All(pools, p => Assert.InRange(p.Held, Math.Floor(all * p.Weight / 500.0) - 1, Math.Ceiling(all * p.Weight / 500.0) + 1));
        }
    }
}
