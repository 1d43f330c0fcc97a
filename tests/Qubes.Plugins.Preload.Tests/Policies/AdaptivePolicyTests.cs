using FsCheck;
using FsCheck.Fluent;
using NSubstitute;
using Qubes.Plugins.Preload.Policies;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests.Policies;

public sealed class AdaptivePolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 14, 30, 0, TimeSpan.Zero);

    private readonly double[] usual = new double[24];
    private PreloadView view = new(Substitute.For<IQube>(), Max: 6, Ready: 0, Starting: 0, Now, new([], []), AvailableBytes: null, BytesEach: 400);

    private PreloadTarget Target(params double[] minutesAgo) => new AdaptivePolicy().TargetOf(
        view with { Demand = new([.. minutesAgo.OrderDescending().Select(m => Now.AddMinutes(-m))], usual) });

    [Fact]
    public void Without_demand_one_waits() => Assert.Equal(1, Target().Count);

    [Fact]
    public void As_many_wait_as_were_requested_within_a_minute()
    {
        var target = Target(2.9, 2.5, 2, 40);
        Assert.Equal(3, target.Count);
        Assert.Equal("3 requested within a minute lately", target.Reason);
    }

    [Fact]
    public void Requests_that_come_one_by_one_do_not_add_up() => Assert.Equal(1, Target(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).Count);

    [Theory]
    [InlineData(0, 4)]
    [InlineData(5, 4)]
    [InlineData(10, 2)]
    [InlineData(12, 2)]
    [InlineData(15, 1)]
    [InlineData(59, 1)]
    public void A_burst_counts_whole_for_five_minutes_and_half_as_much_every_five_from_then_on(double minutesAgo, int target) =>
        Assert.Equal(target, Target(minutesAgo, minutesAgo, minutesAgo, minutesAgo).Count);

    [Fact]
    public void A_newer_small_burst_beats_an_older_large_one_that_has_faded() => Assert.Equal(2, Target(1, 1, 20, 20, 20, 20, 20).Count);

    [Fact]
    public void The_maximum_is_never_exceeded()
    {
        view = view with { Max = 2 };
        Assert.Equal(new(2, "the maximum; 4 requested within a minute lately"), Target(1, 1, 1, 1));
    }

    [Fact]
    public void What_is_usual_at_this_hour_waits_before_it_is_asked_for()
    {
        usual[14] = 2.4;
        Assert.Equal(new(3, "2.4 a minute are usual at this hour"), Target());
    }

    [Theory]
    [InlineData(49, 1)]
    [InlineData(50, 5)]
    public void The_coming_hour_counts_ten_minutes_before_it_begins(int minute, int target)
    {
        usual[15] = 5;
        view = view with { Now = Now.AddMinutes(minute - 30) };
        Assert.Equal(target, Target().Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(399, 0)]
    [InlineData(800, 2)]
    [InlineData(long.MaxValue, 4)]
    public void No_more_are_wanted_than_memory_is_left_for(long bytes, int target)
    {
        view = view with { AvailableBytes = bytes };
        Assert.Equal(target, Target(1, 1, 1, 1).Count);
    }

    [Fact]
    public void Those_that_are_there_are_not_given_up_for_memory()
    {
        view = view with { AvailableBytes = 0, Ready = 2, Starting = 1 };
        var target = Target(1, 1, 1, 1);
        Assert.Equal(3, target.Count);
        Assert.StartsWith("memory allows no more", target.Reason);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 5)]
    [InlineData(500, 6)]
    public void What_was_announced_is_wanted_up_to_the_maximum(int outstanding, int target)
    {
        view = view with { Batch = new(outstanding, 500, EndedAt: null) };
        Assert.Equal(target, Target().Count);
    }

    [Theory]
    [InlineData(0, 6, 5)]
    [InlineData(0, 1, 1)]
    [InlineData(30, 6, 3)]
    [InlineData(60, 6, 2)]
    [InlineData(300, 6, 1)]
    [InlineData(-90, 6, 5)]
    public void What_a_batch_left_over_is_kept_for_a_while_and_nothing_is_made_for_it(int secondsAgo, int ready, int target)
    {
        view = view with { Ready = ready, Batch = new(0, 5, Now.AddSeconds(-secondsAgo)) };
        Assert.Equal(target, Target().Count);
    }

    [Fact]
    public void Requests_of_the_future_after_a_clock_was_set_back_are_those_of_now() => Assert.Equal(3, Target(-90, -90, -90).Count);

    [Fact]
    public void Whatever_it_sees_it_stays_within_its_range() => Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Max, NonNegativeInt Ready, NonNegativeInt Starting, int[] SecondsAgo)>(),
        seen =>
        {
            view = view with { Max = seen.Max.Get, Ready = seen.Ready.Get, Starting = seen.Starting.Get, AvailableBytes = seen.Ready.Get * 100L };
            var target = Target([.. seen.SecondsAgo.Select(s => s / 60.0)]);
            return target.Count >= 0 && target.Count <= view.Max && target.Reason.Length > 0;
        }).QuickCheckThrowOnFailure();
}
