using Qubes.Plugins.MemoryManager.Guests;
using Xunit.Abstractions;

namespace Qubes.Plugins.MemoryManager.Tests.Simulation;

/// <summary>A thousand honest guests for an hour, alone and among liars; the host has what the liars may have more.</summary>
public sealed class LiarTests(ITestOutputHelper output)
{
    private const int Liars = 10;
    private const long MiB = 1 << 20;
    private const long MostOfALiar = 2048 * MiB;
    private const long Touched = 100 * MiB;
    private const double End = 3600;

    [Theory]
    [InlineData(nameof(Behaviour.Greedy))]
    [InlineData(nameof(Behaviour.Deaf))]
    [InlineData(nameof(Behaviour.Babbling))]
    public void A_guest_that_lies_gains_no_more_than_its_maxmem_and_delays_nobody(string behaviour)
    {
        var alone = Run(null);
        var among = Run(Enum.Parse<Behaviour>(behaviour));

        Assert.All(among.Guests.Where(g => g.Behaviour != Behaviour.Honest), g =>
        {
            Assert.InRange(g.CurrentAt(End), 0, MostOfALiar);
            Assert.InRange(g.Entry.Actual, 0, MostOfALiar);
            Assert.InRange(g.MostOrdersInAMinute, 0, Pace.AtOnce + 12);
        });
        Assert.True(among.LongestUnfair <= 10, $"an honest guest was below its need for {among.LongestUnfair} s");
        Assert.True(among.AllBelow <= alone.AllBelow * 1.1 + 10, $"honest guests waited {alone.AllBelow} s alone, {among.AllBelow} s among liars");
    }

    [Fact]
    public void A_guest_that_never_answers_is_counted_with_what_it_has_and_left_alone()
    {
        var world = Run(Behaviour.Deaf);

        Assert.All(world.Guests.Where(g => g.Behaviour == Behaviour.Deaf), g =>
        {
            Assert.Equal(400 * MiB, g.CurrentAt(End));
            Assert.InRange(g.Orders, 1, 40);
        });
    }

    [Fact]
    public void A_guest_that_says_that_it_needs_what_it_does_not_touch_gains_nothing()
    {
        var alone = Run(null, moreMiB: 0);
        var among = Run(Behaviour.Boasting, Liars * (int)(Touched / MiB) * 2);

        Assert.All(among.Guests.Where(g => g.Behaviour == Behaviour.Boasting), g => Assert.InRange(g.CurrentAt(End), Touched, 400 * MiB));
        Assert.True(among.LongestUnfair <= 10, $"an honest guest was below its need for {among.LongestUnfair} s");
        Assert.True(among.AllBelow <= alone.AllBelow * 1.1 + 10, $"honest guests waited {alone.AllBelow} s alone, {among.AllBelow} s among liars");
    }

    private Simulator Run(Behaviour? liars, int moreMiB = (int)(Liars * MostOfALiar / MiB))
    {
        var random = new Random(3);
        var simulator = new Simulator(seed: 11, hostTotal: (1_000 * 480 + moreMiB) * MiB + (4L << 30));
        for (var i = 0; i < 1_000; i++)
            simulator.Live(simulator.Add(Behaviour.Honest, random.Next(512, 4096) * MiB), meanSeconds: 600);
        for (var i = 0; liars is { } behaviour && i < Liars; i++)
            Lie(simulator, simulator.Add(behaviour, MostOfALiar), behaviour == Behaviour.Babbling ? 0.01 : 30);
        simulator.RunUntil(End);
        output.WriteLine(
            $"{liars}: {simulator.Changes} changes, {simulator.Looks} looks, orders {simulator.Guests.Sum(g => g.Orders)}, " +
            $"below need at most {simulator.LongestBelow:F1} s, unfair {simulator.LongestUnfair:F1} s, in all {simulator.AllBelow:F0} s");
        return simulator;
    }

    private static void Lie(Simulator simulator, SimulatedGuest liar, double seconds, double at = 1) => simulator.At(at, () =>
    {
        simulator.Say(liar, liar.Behaviour == Behaviour.Boasting ? Touched : liar.CurrentAt(at));
        Lie(simulator, liar, seconds, at + seconds);
    });
}
