namespace Qubes.Plugins.MemoryManager.Claims;

/// <summary>The claims on the host's memory (spec: qmemman, section 5). Used on the kernel loop.</summary>
internal sealed class ClaimBook
{
    /// <summary>That may wait at one time.</summary>
    public const int MostWaiting = 256;

    private const long Demanded = 300L << 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly LinkedList<Claim> waiting = [];
    private readonly HashSet<Claim> open = [];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyCollection<Claim> Waiting => waiting;

    public IReadOnlyCollection<Claim> Open => open;

    public long WaitingBytes { get; private set; }

    public long OpenBytes { get; private set; }

    /// <summary>Raised when one comes or goes.</summary>
    public event Action? Changed;

    /// <summary>Enters one; refused at once where too many wait.</summary>
    public Claim Add(string owner, long bytes)
    {
        var claim = new Claim(owner, bytes, GiveUp);
        if (waiting.Count >= MostWaiting)
        {
            claim.Refuse();
            return claim;
        }
        waiting.AddLast(claim);
        WaitingBytes += bytes;
        Changed?.Invoke();
        return claim;
    }

    /// <summary>
    /// Grants what fits, each by itself: a small one is not held up by a large one that came before it. Refuses what cannot be had, or
    /// does not come nearer.
    /// </summary>
    /// <param name="free">Bytes that are free for claims.</param>
    /// <param name="reachable">Bytes beyond those that others would give back, or are giving back.</param>
    /// <param name="released">Bytes that ever came back.</param>
    /// <param name="now">The time.</param>
    /// <returns>Bytes that were granted.</returns>
    public long Answer(long free, long reachable, long released, DateTimeOffset now)
    {
        long granted = 0, wanted = 0;
        for (var node = waiting.First; node is not null;)
        {
            var (claim, next) = (node.Value, node.Next);
            if (claim.Bytes <= free - granted)
            {
                Grant(node);
                granted += claim.Bytes;
            }
            else if (claim.Bytes > free - granted + reachable - wanted || IsStuck(claim, released, now))
            {
                Remove(node);
                claim.Refuse();
            }
            else
            {
                wanted += claim.Bytes;
            }
            node = next;
        }
        return granted;
    }

    public void GrantAll()
    {
        while (waiting.First is { } node)
            Grant(node);
    }

    private void Grant(LinkedListNode<Claim> node)
    {
        Remove(node);
        open.Add(node.Value);
        OpenBytes += node.Value.Bytes;
        node.Value.Grant();
    }

    private static bool IsStuck(Claim claim, long released, DateTimeOffset now)
    {
        if (claim.Window.Start == default)
            claim.Window = (released, now);
        if (now - claim.Window.Start < Window)
            return false;
        var came = released - claim.Window.Released;
        claim.Window = (released, now);
        return came < Demanded;
    }

    private void GiveUp(Claim claim)
    {
        if (waiting.Find(claim) is { } node)
        {
            Remove(node);
            claim.Refuse();
        }
        else if (open.Remove(claim))
        {
            OpenBytes -= claim.Bytes;
        }
        Changed?.Invoke();
    }

    private void Remove(LinkedListNode<Claim> node)
    {
        waiting.Remove(node);
        WaitingBytes -= node.Value.Bytes;
    }
}
