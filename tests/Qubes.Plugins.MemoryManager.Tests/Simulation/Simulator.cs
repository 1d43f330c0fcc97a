using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Tests.Simulation;

/// <summary>
/// The real ledger and balancer, with a simulated host, guests and time. It goes from one event to the next: a guest's need changes, an
/// order is looked after as <c>Orders</c> does it, a decision is made 0.1 s after something changed and every second, as
/// <c>Rounds</c> has it.
/// </summary>
internal sealed class Simulator
{
    private const long MiB = 1 << 20;
    private const double Soon = 0.1;
    private const double SweepInterval = 15;
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (double At, long Order)> events = new();
    private readonly List<SimulatedGuest> guests = [];
    private readonly Dictionary<Guest, SimulatedGuest> byEntry = [];
    private readonly HashSet<SimulatedGuest> below = [];
    private readonly MemoryOptions options = new();
    private readonly ClaimBook claims = new();
    private readonly Ledger ledger;
    private readonly Balancer balancer;
    private readonly int seed;
    private double now;
    private long eventCount;
    private bool isDecisionDue;
    private long resident;

    public Simulator(int seed, long hostTotal)
    {
        this.seed = seed;
        Total = hostTotal;
        ledger = new Ledger(options);
        balancer = new Balancer(options, ledger, claims, new HostShare(options, ledger, claims));
        ledger.Changed += DecideSoon;
    }

    /// <summary>Bytes; the host itself uses 1 GiB of it.</summary>
    public long Total { get; }

    public IReadOnlyList<SimulatedGuest> Guests => guests;

    /// <summary>Changes of need so far.</summary>
    public long Changes { get; private set; }

    public long Decisions { get; private set; }

    public long Looks { get; private set; }

    /// <summary>The most guests that one decision looked at, for each change before it.</summary>
    public double MostLooksPerChange { get; private set; }

    /// <summary>The longest that an honest guest was below its need, seconds.</summary>
    public double LongestBelow { get; private set; }

    /// <summary>The longest that it was so while another honest guest had more than it needs, seconds.</summary>
    public double LongestUnfair { get; private set; }

    /// <summary>Seconds below their need of all honest guests.</summary>
    public double AllBelow { get; private set; }

    public SimulatedGuest Add(Behaviour behaviour, long most)
    {
        var entry = new Guest($"guest{guests.Count}", guests.Count + 1, most, 400 * MiB);
        var random = new Random(seed + 7919 * guests.Count);
        var guest = new SimulatedGuest(entry, behaviour, random);
        guests.Add(guest);
        byEntry.Add(entry, guest);
        ledger.Add(entry);
        if (behaviour == Behaviour.Honest)
            Say(guest, guest.Random.Next(60, 200) * MiB);
        return guest;
    }

    /// <summary>Has something happen.</summary>
    /// <param name="at">Seconds from the beginning.</param>
    /// <param name="what">What.</param>
    public void At(double at, Action what) => events.Enqueue(what, (at, eventCount++));

    /// <summary>A guest's need changes every so often, to what most qubes need most of the time, and now and then to much more.</summary>
    public void Live(SimulatedGuest guest, double meanSeconds)
    {
        var next = now - Math.Log(1 - guest.Random.NextDouble()) * meanSeconds;
        At(next, () =>
        {
            Say(guest, NextNeed(guest.Random, guest.Entry.Most));
            Live(guest, meanSeconds);
        });
    }

    /// <summary>It uses another amount, and says so; a liar says something else.</summary>
    public void Say(SimulatedGuest guest, long used)
    {
        guest.Used = Math.Min(used, guest.Entry.Most);
        Changes++;
        Settle(guest);
        ledger.Say(guest.Entry, guest.Behaviour switch
        {
            Behaviour.Honest => guest.Used,
            Behaviour.Babbling => guest.Random.NextInt64(1L << 42),
            _ => guest.Entry.Most,
        });
        Measure(guest);
    }

    public void RunUntil(double end)
    {
        for (var beat = Math.Floor(now) + 1; beat <= end; beat++)
        {
            RunEventsUntil(beat);
            Decide();
            Check();
        }
    }

    private void RunEventsUntil(double end)
    {
        while (events.TryPeek(out var what, out var key) && key.At <= end)
        {
            events.Dequeue();
            now = Math.Max(now, key.At);
            what();
        }
        now = end;
    }

    private void DecideSoon()
    {
        if (isDecisionDue)
            return;
        isDecisionDue = true;
        At(now + Soon, () =>
        {
            isDecisionDue = false;
            Decide();
        });
    }

    private void Decide()
    {
        var available = Total - (1L << 30) - resident;
        Assert.True(available > 0, "the host has run out of memory");
        var orders = balancer.Decide(new HostReading(Total, available), Epoch.AddSeconds(now));
        Decisions++;
        Looks += balancer.Looks;
        MostLooksPerChange = Math.Max(MostLooksPerChange, (double)balancer.Looks / balancer.Changes);
        foreach (var (entry, target) in orders)
        {
            var guest = byEntry[entry];
            guest.SetTarget(target, now);
            Follow(guest, guest.Orders, Soon);
        }
    }

    private void Follow(SimulatedGuest guest, int order, double pause) => At(now + pause, () =>
    {
        if (guest.Orders != order)
            return;
        Measure(guest);
        if (guest.Entry.Movement is not null)
            Follow(guest, order, Math.Min(1, pause * 2));
        else if (guest.Entry.Current != guest.Entry.Given)
            Follow(guest, order, SweepInterval);
    });

    private void Measure(SimulatedGuest guest)
    {
        Settle(guest);
        ledger.Measure(guest.Entry, guest.CurrentAt(now), guest.Resident, Epoch.AddSeconds(now));
    }

    // What it has touched stays the host's loss until its balloon takes it back.
    private void Settle(SimulatedGuest guest)
    {
        var current = guest.CurrentAt(now);
        var touched = Math.Min(current, Math.Max(guest.Used, guest.Resident));
        resident += touched - guest.Resident;
        guest.Resident = touched;
        var need = NeedOf(guest);
        var isBelow = guest.Behaviour == Behaviour.Honest && current < need - Guest.LeastShortage - Movement.Arrival;
        if (isBelow && below.Add(guest))
            guest.BelowSince = now;
        else if (!isBelow && below.Remove(guest))
            guest.BelowSince = null;
    }

    private void Check()
    {
        foreach (var guest in below.ToList())
            Settle(guest);
        var lasting = below.Where(g => now - g.BelowSince > 1).ToList();
        AllBelow += lasting.Count;
        if (lasting.Count == 0)
            return;
        var longest = lasting.Max(g => now - g.BelowSince!.Value);
        LongestBelow = Math.Max(LongestBelow, longest);
        if (longest > LongestUnfair && guests.Any(HasTooMuch))
            LongestUnfair = longest;
    }

    private bool HasTooMuch(SimulatedGuest guest) =>
        guest.Behaviour == Behaviour.Honest && guest.CurrentAt(now) > NeedOf(guest) + Guest.LeastSurplus + Movement.Arrival;

    private long NeedOf(SimulatedGuest guest) =>
        Math.Min(PreferredMemory.OfGuest(options, guest.Used, guest.Entry.Most), guest.Entry.Most);

    private static long NextNeed(Random random, long most) => random.Next(20) switch
    {
        < 15 => random.Next(60, 200) * MiB,
        < 19 => (long)(most * (0.1 + 0.3 * random.NextDouble())),
        _ => (long)(most * (0.4 + 0.35 * random.NextDouble())),
    };
}
