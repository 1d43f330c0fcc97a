using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Tests.Balancing;

public sealed class BalancerTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Ledger ledger;
    private readonly ClaimBook claims = new();
    private readonly HostShare share;
    private readonly Balancer balancer;
    private int lastId;

    public BalancerTests()
    {
        var options = new MemoryOptions { Floor = 100 * MiB, Boost = 0, CacheFactor = 1, Reserve = 50 * MiB };
        ledger = new Ledger(options);
        share = new HostShare(options, ledger, claims);
        balancer = new Balancer(options, ledger, claims, share);
    }

    [Fact]
    public void Who_is_below_its_need_gets_it_out_of_what_is_free_and_a_part_of_the_rest()
    {
        var guest = Add(current: 400, used: 600);

        var order = Assert.Single(Decide(free: 1000));

        // 950 and 400 are there to share: a level above 2 is not given to anybody.
        Assert.Equal((guest, 1198L), (order.Guest, order.Target / MiB));
    }

    [Fact]
    public void Donors_come_first_and_who_needs_waits_until_they_have_given()
    {
        var needy = Add(current: 400, used: 800);
        var donor = Add(current: 2000, used: 500);

        var order = Assert.Single(Decide(free: 50));
        Assert.Equal((donor, 1580L), (order.Guest, order.Target / MiB));

        Assert.Empty(Decide(free: 50));
        ledger.Measure(donor, donor.Given, donor.Given, Start.AddSeconds(1));
        order = Assert.Single(Decide(free: 470, seconds: 1));
        Assert.Equal(needy, order.Guest);
        Assert.InRange(order.Target, 800 * MiB, 830 * MiB);
    }

    [Fact]
    public void Too_little_for_all_is_shared_by_what_they_prefer()
    {
        var small = Add(current: 400, used: 1000);
        var large = Add(current: 400, used: 2000);

        var orders = Decide(free: 350).ToDictionary(o => o.Guest, o => o.Target / MiB);

        Assert.Equal(499, orders[small]);
        Assert.Equal(599, orders[large]);
    }

    [Fact]
    public void Small_differences_change_nothing()
    {
        Add(current: 400, used: 414);
        Add(current: 400, used: 391);

        Assert.Empty(Decide(free: 40));
    }

    [Fact]
    public void Who_says_nothing_is_left_alone()
    {
        Add(current: 4000, used: null);
        Add(current: 400, used: 800);

        Assert.Empty(Decide(free: 0));
    }

    [Fact]
    public void Who_says_more_than_is_believed_gets_what_is_believed_and_no_part_of_the_rest()
    {
        var liar = Add(current: 400, used: null);
        ledger.Measure(liar, 400 * MiB, 360 * MiB, Start);
        ledger.Say(liar, 4000 * MiB);

        Assert.Equal(450, Assert.Single(Decide(free: 1000)).Target / MiB);
        ledger.Measure(liar, 450 * MiB, 360 * MiB, Start);
        Assert.Empty(Decide(free: 1000, seconds: 1));
    }

    [Fact]
    public void What_is_used_already_waits_for_nobodys_rest()
    {
        var needy = Tire(Add(current: 400, used: 800));
        var donor = Tire(Add(current: 2000, used: 500));

        Assert.Equal(donor, Assert.Single(Decide(free: 50)).Guest);
        ledger.Measure(donor, donor.Given, donor.Given, Start);
        Assert.Equal(needy, Assert.Single(Decide(free: 470)).Guest);
    }

    [Fact]
    public void The_host_waits_until_a_guest_that_was_asked_often_has_rested()
    {
        Tire(Add(current: 600, used: 400));

        Assert.Empty(Decide(free: 20));
        Assert.Single(Decide(free: 20, seconds: Pace.Each.TotalSeconds));
    }

    [Fact]
    public void A_host_that_runs_short_takes_from_those_that_have_more_than_they_need()
    {
        var donor = Add(current: 1000, used: 500);
        Add(current: 500, used: 500);

        var order = Assert.Single(Decide(free: -200));

        Assert.Equal((donor, 737L), (order.Guest, order.Target / MiB));
    }

    [Fact]
    public void Growth_beyond_the_need_ends_when_all_have_the_same_level()
    {
        var poor = Add(current: 500, used: 500);
        var rich = Add(current: 1000, used: 500);

        var order = Assert.Single(Decide(free: 250));

        Assert.Equal(poor, order.Guest);
        Assert.Equal(rich.Given, rich.Current);
        Assert.InRange(order.Target, 600 * MiB, 700 * MiB);
        ledger.Measure(poor, poor.Given, poor.Given, Start.AddSeconds(1));
        Assert.Empty(Decide(free: 50, seconds: 1));
    }

    [Fact]
    public void Claims_are_served_before_guests_grow_and_even_where_balancing_is_off()
    {
        var donor = Add(current: 1500, used: 500);
        var claim = claims.Add("start", 700 * MiB);

        var order = Assert.Single(balancer.Decide(Reading(free: 100), Start, isForClaimsAlone: true));

        Assert.Equal((donor, 817L), (order.Guest, order.Target / MiB));
        ledger.Measure(donor, donor.Given, donor.Given, Start.AddSeconds(2));
        Assert.Empty(balancer.Decide(Reading(free: 782), Start.AddSeconds(2), isForClaimsAlone: true));
        Assert.True(claim.Answer.IsCompletedSuccessfully);
        Assert.Equal(700 * MiB, claims.OpenBytes);
    }

    [Fact]
    public void What_machines_have_not_touched_is_not_free()
    {
        var guest = Add(current: 1000, used: 500);
        ledger.Measure(guest, 1000 * MiB, 300 * MiB, Start);

        Assert.Equal(5000 * MiB - 700 * MiB, share.FreeOf(new HostReading(5300 * MiB, 5000 * MiB)));
    }

    // A host that uses nothing itself; its guests have touched all they have.
    private static HostReading Reading(long free) => new((1 << 20) * MiB, free * MiB);

    private List<Order> Decide(long free, double seconds = 0)
    {
        var total = free * MiB + ledger.Resident;
        return [.. balancer.Decide(new HostReading(Math.Max(0, total), free * MiB), Start.AddSeconds(seconds))];
    }

    private Guest Tire(Guest guest)
    {
        for (var i = 0; i < Pace.AtOnce; i++)
            ledger.Retarget(guest, guest.Current, Start);
        return guest;
    }

    private Guest Add(long current, long? used)
    {
        var guest = new Guest($"g{++lastId}", lastId, 4096 * MiB, current * MiB);
        ledger.Add(guest);
        ledger.Measure(guest, current * MiB, current * MiB, Start);
        if (used is { } said)
            ledger.Say(guest, said * MiB);
        return guest;
    }
}
