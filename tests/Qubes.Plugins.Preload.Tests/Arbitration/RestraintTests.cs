using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Arbitration;

/// <summary>Pools that give way and come back, in a world in which everything happens at once.</summary>
public sealed class RestraintTests
{
    private const long MiB = 1 << 20;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly Restraint restraint = new();
    private readonly List<DateTimeOffset> changes = [];
    private PoolNeed[] pools = [Pool("a", 4), Pool("b", 4)];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private int Held => pools.Sum(p => p.Held);

    private static PoolNeed Pool(string name, int held, int weight = 100) => new(name, held, held, 0, weight, 400 * MiB);

    private void Press(MemoryPressure pressure) => restraint.Observe(now, pressure, pools);

    // What the arbiter does, and the refills that it causes.
    private void Pass(double seconds)
    {
        for (var until = now.AddSeconds(seconds); now < until; now += Tick)
        {
            for (var i = 0; i < 20; i++)
            {
                var before = Held;
                var candidates = pools.Index().SelectMany(p => Enumerable.Range(0, p.Item.Held)
                    .Select(n => new VictimCandidate(p.Index, FreshnessClass.Fresh, now.AddMinutes(-n), 400 * MiB))).ToList();
                var step = restraint.Next(now, pools, candidates);
                if (step is ArbiterStep.Reclaim reclaim)
                    Change(candidates[reclaim.Candidate].Pool, -1);
                Refill();
                if (step is ArbiterStep.Wait or ArbiterStep.Rest && Held == before)
                    break;
                Assert.True(i < 19, "it never waits");
            }
        }
    }

    private void Refill()
    {
        for (var i = 0; i < pools.Length; i++)
        {
            while (pools[i].Held < Math.Min(pools[i].Wanted, restraint.LimitOf(pools[i].Template, pools[i].Held) ?? int.MaxValue))
                Change(i, 1);
        }
    }

    private void Change(int pool, int by)
    {
        pools[pool] = pools[pool] with { Held = pools[pool].Held + by };
        changes.Add(now);
    }

    [Fact]
    public void Without_pressure_nothing_is_limited()
    {
        Press(MemoryPressure.None);
        Pass(60);

        Assert.False(restraint.IsActive);
        Assert.Null(restraint.LimitOf("a", 4));
        Assert.Empty(changes);
    }

    [Fact]
    public void While_memory_is_tight_nothing_is_given_up_and_nothing_made()
    {
        Press(MemoryPressure.Tight);
        Pass(60);
        Assert.Equal(8, Held);

        Change(0, -1); // used
        Pass(60);
        Assert.Equal(7, Held);
        Assert.Equal(3, restraint.LimitOf("a", 3));
        Assert.Contains("little memory", restraint.Reason);
    }

    [Fact]
    public void Under_high_pressure_one_after_the_other_is_given_up_with_a_pause_between()
    {
        Press(MemoryPressure.High);
        Pass(1);
        Assert.Equal(7, Held);
        Pass(4);
        Assert.Equal(5, Held);
        Assert.All(changes.Zip(changes.Skip(1)), c => Assert.True(c.Second - c.First >= Restraint.ReclaimPause));
        Pass(60);
        Assert.Equal(0, Held);
    }

    [Fact]
    public void When_high_pressure_becomes_tight_the_rest_stays()
    {
        Press(MemoryPressure.High);
        Pass(3);
        var left = Held;
        Press(MemoryPressure.Tight);
        Pass(600);

        Assert.Equal((6, 6), (left, Held));
    }

    [Fact]
    public void Afterwards_pools_come_back_one_by_one_after_a_hold_off()
    {
        Press(MemoryPressure.High);
        Pass(60);
        changes.Clear();
        Press(MemoryPressure.None);
        var relieved = now;

        Pass(9.5);
        Assert.Equal(0, Held);
        Pass(120);

        Assert.Equal(8, Held);
        Assert.True(changes[0] - relieved >= HoldOff.Shortest);
        Assert.All(changes.Zip(changes.Skip(1)), c => Assert.True(c.Second - c.First >= Restraint.GrowthPause));
        Assert.False(restraint.IsActive);
        Assert.Null(restraint.LimitOf("a", 4));
    }

    [Fact]
    public void They_come_back_by_their_weights()
    {
        pools = [Pool("a", 6, weight: 300), Pool("b", 6)];
        Press(MemoryPressure.High);
        Pass(60);
        Press(MemoryPressure.None);
        while (Held < 4)
            Pass(1);

        Assert.Equal([3, 1], pools.Select(p => p.Held));
    }

    [Fact]
    public void None_comes_back_while_another_one_starts()
    {
        Press(MemoryPressure.High);
        Pass(60);
        Press(MemoryPressure.None);
        while (Held < 1)
            Pass(1);
        pools[0] = pools[0] with { Starting = 1 };
        Pass(30);
        Assert.Equal(1, Held);
        pools[0] = pools[0] with { Starting = 0 };
        Pass(30);
        Assert.True(Held > 1);
    }

    [Fact]
    public void One_that_starts_for_ever_does_not_hold_up_the_others_for_ever()
    {
        Press(MemoryPressure.High);
        Pass(60);
        Press(MemoryPressure.None);
        pools[0] = pools[0] with { Starting = 1 };
        Pass(15 * 60);

        Assert.Equal(8, Held);
    }

    [Fact]
    public void A_pool_that_is_new_meanwhile_grows_like_the_others()
    {
        Press(MemoryPressure.High);
        Pass(60);
        Press(MemoryPressure.None);
        pools = [.. pools, new PoolNeed("c", 5, 0, 0, 100, 400 * MiB)];
        Assert.Equal(0, restraint.LimitOf("c", 0));
        Pass(120);

        Assert.Equal(13, Held);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(45)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(400)]
    [InlineData(1200)]
    [InlineData(2500)]
    public void Pressure_that_comes_and_goes_does_not_make_pools_swing(int period)
    {
        for (var begin = now; now - begin < TimeSpan.FromHours(4);)
        {
            Press(MemoryPressure.High);
            Pass(period / 2.0);
            Press(MemoryPressure.None);
            Pass(period / 2.0);
        }

        Assert.All(changes.Index(), c => Assert.True(changes.Skip(c.Index).TakeWhile(t => t - c.Item < TimeSpan.FromMinutes(1)).Count() <= 30));
        // Eight that go and eight that come are sixteen.
        Assert.InRange(changes.Count(t => now - t < TimeSpan.FromHours(1)), 0, 32);
    }

    [Fact]
    public void A_pool_that_fills_memory_by_itself_settles_below_it()
    {
        // Six fit without pressure, seven are tight, eight are too many.
        for (var i = 0; i < 4 * 3600; i++)
        {
            Press(Held > 7 ? MemoryPressure.High : Held > 6 ? MemoryPressure.Tight : MemoryPressure.None);
            Pass(1);
        }

        Assert.InRange(changes.Count(t => now - t < TimeSpan.FromHours(1)), 0, 24);
        Assert.InRange(Held, 6, 7);
    }
}
