using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Preload.Arbitration;

namespace Qubes.Plugins.Preload.Tests.Arbitration;

/// <summary>How memory is shared out among pools.</summary>
public sealed class FairShareTests
{
    private static PoolNeed Pool(string name, int wanted, int weight = 100, long each = 1, int held = 0) => new(name, wanted, held, 0, weight, each);

    [Fact]
    public void One_pool_has_what_fits() => Assert.Equal([3], FairShares.Of([Pool("a", 8, each: 400)], 1599));

    [Fact]
    public void Nobody_gets_more_than_it_wants() => Assert.Equal([2, 3], FairShares.Of([Pool("a", 2), Pool("b", 3)], 1000));

    [Fact]
    public void Equal_weights_share_equally() => Assert.Equal([2, 2], FairShares.Of([Pool("a", 4), Pool("b", 4)], 4));

    [Fact]
    public void Weights_count() => Assert.Equal([3, 1], FairShares.Of([Pool("a", 4, weight: 300), Pool("b", 4)], 4));

    [Fact]
    public void What_one_does_not_want_is_the_others() => Assert.Equal([1, 5, 4], FairShares.Of([Pool("a", 1), Pool("b", 9), Pool("c", 9)], 10));

    [Fact]
    public void Weights_are_of_memory_so_small_ones_are_more() =>
        Assert.Equal([1, 4], FairShares.Of([Pool("large", 9, each: 4), Pool("small", 9)], 8));

    [Fact]
    public void The_largest_remainder_gets_what_is_left_over() =>
        Assert.Equal([1, 2], FairShares.Of([Pool("a", 9, weight: 140), Pool("b", 9, weight: 160)], 3));

    [Fact]
    public void Of_equal_remainders_the_one_with_less_is_served() =>
        Assert.Equal([1, 1], FairShares.Of([Pool("a", 9, weight: 300), Pool("b", 9)], 2));

    [Fact]
    public void A_remainder_that_does_not_fit_is_passed_over_for_one_that_does() =>
        Assert.Equal([0, 3], FairShares.Of([Pool("large", 1, each: 10), Pool("small", 3)], 9));

    [Fact]
    public void Without_memory_or_pools_there_is_nothing()
    {
        Assert.Equal([0, 0], FairShares.Of([Pool("a", 4), Pool("b", 4)], 0));
        Assert.Equal([0], FairShares.Of([Pool("a", 4)], -5));
        Assert.Empty(FairShares.Of([], 100));
    }

    [Fact]
    public void The_largest_figures_do_not_overflow() => Assert.Equal(
        [int.MaxValue, 2], FairShares.Of([Pool("a", int.MaxValue, weight: 1000), Pool("b", 2, weight: 1, each: 1L << 42)], long.MaxValue));

    [Fact]
    public void No_share_exceeds_the_memory_or_the_wish_and_none_that_fits_is_left_out() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 9).Four().Select(g => Pool($"{g}", g.Item1, 1 + g.Item2 * 111, 1 + g.Item3 * 7, g.Item4)).ArrayOf().ToArbitrary(),
        Gen.Choose(0, 500).ToArbitrary(),
        (pools, bytes) =>
        {
            var shares = FairShares.Of(pools, bytes);
            var rest = bytes - shares.Zip(pools, (s, p) => s * p.BytesEach).Sum();
            return rest >= 0 && shares.Zip(pools).All(p => p.First >= 0 && p.First <= p.Second.Wanted && (p.First == p.Second.Wanted || p.Second.BytesEach > rest));
        }));

    [Fact]
    public void Order_does_not_matter() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 9).Three().Select(g => (g.Item1, 1 + g.Item2 * 111, 1 + g.Item3 * 7)).ArrayOf().ToArbitrary(),
        Gen.Choose(0, 300).ToArbitrary(),
        (seeds, bytes) =>
        {
            var pools = seeds.Index().Select(s => Pool($"{s.Index:d3}", s.Item.Item1, s.Item.Item2, s.Item.Item3)).ToList();
            var backwards = pools.AsEnumerable().Reverse().ToList();
            return FairShares.Of(pools, bytes).SequenceEqual(FairShares.Of(backwards, bytes).Reverse());
        }));
}
