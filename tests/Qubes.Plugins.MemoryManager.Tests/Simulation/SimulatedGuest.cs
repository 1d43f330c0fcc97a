using Qubes.Plugins.MemoryManager.Guests;

namespace Qubes.Plugins.MemoryManager.Tests.Simulation;

/// <summary>A guest whose memory moves towards its target at a steady rate.</summary>
/// <param name="entry">Its line in the ledger.</param>
/// <param name="behaviour">What it does.</param>
/// <param name="random">Its own, so that what it does is the same whoever else there is.</param>
internal sealed class SimulatedGuest(Guest entry, Behaviour behaviour, Random random)
{
    // Bytes a second: a guest finds pages to give slower than it takes them back.
    private readonly long releaseRate = (long)random.Next(300, 1000) << 20;
    private readonly long growthRate = (long)random.Next(1000, 4000) << 20;

    private long from = entry.Current;
    private long to = entry.Current;
    private double since;
    private readonly Queue<double> orders = [];

    public Guest Entry => entry;

    public Behaviour Behaviour => behaviour;

    public Random Random => random;

    public long Used { get; set; }

    /// <summary>Of the host's memory, as the host sees it.</summary>
    public long Resident { get; set; }

    /// <summary>Which of its orders is the newest.</summary>
    public int Orders { get; private set; }

    /// <summary>The most orders in any minute.</summary>
    public int MostOrdersInAMinute { get; private set; }

    /// <summary>Since when it has less than it needs; null: it has enough.</summary>
    public double? BelowSince { get; set; }

    public long CurrentAt(double now)
    {
        var moved = (long)((now - since) * (to < from ? releaseRate : growthRate));
        return to < from ? Math.Max(to, from - moved) : Math.Min(to, from + moved);
    }

    public void SetTarget(long target, double now)
    {
        Orders++;
        orders.Enqueue(now);
        while (orders.Peek() <= now - 60)
            orders.Dequeue();
        MostOrdersInAMinute = Math.Max(MostOrdersInAMinute, orders.Count);
        if (behaviour == Behaviour.Deaf)
            return;
        (from, to, since) = (CurrentAt(now), target, now);
    }
}
