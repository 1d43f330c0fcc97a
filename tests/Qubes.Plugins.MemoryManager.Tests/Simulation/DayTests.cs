using System.Diagnostics;
using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Guests;
using Xunit.Abstractions;

namespace Qubes.Plugins.MemoryManager.Tests.Simulation;

/// <summary>
/// A day of virtual time. Each guest's need changes 24 times on average, at times of its own; every two hours 500 guests need most of what they may
/// have at the same moment. The host has room for what all prefer together and about a tenth more.
/// </summary>
public sealed class DayTests(ITestOutputHelper output)
{
    private const double Day = 86_400;
    private const long MiB = 1 << 20;

    [Fact]
    public void A_day_of_ten_thousand_guests_passes_without_unfairness_or_unrest()
    {
        var day = Run(10_000, Day);

        Assert.InRange(day.Changes, 230_000, 280_000);
        Assert.True(day.LongestUnfair <= 10, $"a guest was below its need for {day.LongestUnfair} s while another had too much");
        Assert.InRange(day.Guests.Max(g => g.MostOrdersInAMinute), 1, Pace.AtOnce + 12);
        Assert.True(day.MostLooksPerChange <= Balancer.LooksPerChange, $"a decision looked at {day.MostLooksPerChange} guests for each change");
    }

    [Fact]
    public void Ten_times_the_guests_cost_ten_times_the_work_and_each_change_the_same()
    {
        var few = Run(1_000, Day / 12);
        var many = Run(10_000, Day / 12);

        var (ofFew, ofMany) = ((double)few.Looks / few.Changes, (double)many.Looks / many.Changes);
        Assert.True(ofMany <= 1.5 * ofFew, $"{ofFew} looks for a change among 1,000 guests, {ofMany} among 10,000");
    }

    private Simulator Run(int count, double seconds)
    {
        var watch = Stopwatch.StartNew();
        var random = new Random(count);
        var simulator = new Simulator(seed: 7, hostTotal: count * 560 * MiB + (4L << 30));
        for (var i = 0; i < count; i++)
            simulator.Live(simulator.Add(Behaviour.Honest, random.Next(512, 4096) * MiB), meanSeconds: 3600);
        for (var storm = 7200.0; storm < seconds; storm += 7200)
        {
            simulator.At(storm, () =>
            {
                foreach (var guest in simulator.Guests.Take(count / 20))
                    simulator.Say(guest, guest.Entry.Most * 7 / 10);
            });
        }
        simulator.RunUntil(seconds);
        output.WriteLine(
            $"{count} guests, {simulator.Changes} changes, {simulator.Decisions} decisions, {simulator.Looks} looks (most for a change {simulator.MostLooksPerChange:F1}), " +
            $"orders {simulator.Guests.Sum(g => g.Orders)}, most in a minute {simulator.Guests.Max(g => g.MostOrdersInAMinute)}, " +
            $"below need at most {simulator.LongestBelow:F1} s, unfair {simulator.LongestUnfair:F1} s, in all {simulator.AllBelow:F0} s; {watch.Elapsed.TotalSeconds:F1} s");
        return simulator;
    }
}
