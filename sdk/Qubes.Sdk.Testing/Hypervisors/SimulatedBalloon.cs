namespace Qubes.Sdk.Testing.Hypervisors;

/// <summary>The memory of a guest that follows orders as fast as it can, which may be not at all. Safe to use from several threads.</summary>
internal sealed class SimulatedBalloon(long bytes, TimeProvider time)
{
    private readonly Lock gate = new();
    private long from = bytes;
    private long since = time.GetTimestamp();
    private long? bytesPerSecond;

    public long Target { get; private set; } = bytes;

    public int Orders { get; private set; }

    public long? BytesPerSecond
    {
        get
        {
            lock (gate)
                return bytesPerSecond;
        }
        set
        {
            lock (gate)
            {
                Settle();
                (bytesPerSecond, since) = (value, time.GetTimestamp());
            }
        }
    }

    public long Current
    {
        get
        {
            lock (gate)
            {
                Settle();
                return from;
            }
        }
    }

    public void Order(long target)
    {
        lock (gate)
        {
            Settle();
            Target = target;
            Orders++;
        }
    }

    private void Settle()
    {
        var now = time.GetTimestamp();
        var way = bytesPerSecond is { } speed ? (long)Math.Min(long.MaxValue / 2, time.GetElapsedTime(since, now).TotalSeconds * speed) : long.MaxValue / 2;
        var moved = from + Math.Clamp(Target - from, -way, way);
        // What is too short to move by a byte is not lost.
        if (moved != from || from == Target)
            (from, since) = (moved, now);
    }
}
