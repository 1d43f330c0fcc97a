using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>
/// All guests, the sums that decisions are made from, and the orders in which guests are looked at. Every change costs the same however many
/// guests there are, but for the logarithm of a sorted set. Used on the kernel loop.
/// </summary>
internal sealed class Ledger(MemoryOptions options)
{
    private const double LeastPardonSeconds = 30;
    private const double MostPardonSeconds = 3600;

    private readonly Dictionary<int, Guest> guests = [];
    private readonly HashSet<Guest> heard = [];
    private int cameOrWent;
    private bool isDirty;
    private long turns;
    private readonly SortedSet<Guest> starving = new(new ByRank());
    private readonly SortedSet<Guest> waiting = new(new ByTurn());
    private readonly SortedSet<Guest> growable = new(new ByRank());
    private readonly SortedSet<Guest> donors = new(new ByRank());
    private readonly HashSet<Guest> resting = [];
    private readonly PriorityQueue<(Guest Guest, Action<Guest> Change), DateTimeOffset> later = new();

    /// <summary>All, in no order.</summary>
    public IReadOnlyCollection<Guest> Guests => guests.Values;

    /// <summary>Those below their need, the neediest first.</summary>
    public IEnumerable<Guest> Starving => starving;

    /// <summary>The same, the one that has been there longest first.</summary>
    public IEnumerable<Guest> Waiting => waiting;

    /// <summary>Those that could do with more, the one with the least for its need first.</summary>
    public IEnumerable<Guest> Growable => growable;

    /// <summary>Those above their need, the one with the most for it first.</summary>
    public IEnumerable<Guest> Donors => donors.Reverse();

    /// <summary>Above their need, asked too often of late; in no order.</summary>
    public IEnumerable<Guest> RestingDonors => resting.Where(g => g.IsMember && g.Surplus > 0);

    /// <summary>Σ over members.</summary>
    public long Preferred { get; private set; }

    /// <summary>Σ over members.</summary>
    public long Actual { get; private set; }

    /// <summary>Σ of what members lack, those that rest included.</summary>
    public long Shortage { get; private set; }

    /// <summary>Σ of what members use and have not, those that rest included: it does not wait for anybody's rest.</summary>
    public long Need { get; private set; }

    /// <summary>Σ of what members have beyond their need.</summary>
    public long Surplus { get; private set; }

    /// <summary>Σ over all guests.</summary>
    public long Resident { get; private set; }

    /// <summary>Σ over all guests: promised and not yet taken.</summary>
    public long Untouched { get; private set; }

    /// <summary>Σ over all guests: on its way back.</summary>
    public long Incoming { get; private set; }

    /// <summary>Σ of all that ever came back.</summary>
    public long Released { get; private set; }

    /// <summary>Something changed; raised once until the next decision.</summary>
    public event Action? Changed;

    public bool TryFind(int id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Guest? guest) => guests.TryGetValue(id, out guest);

    public void Add(Guest guest)
    {
        guests.Add(guest.Id, guest);
        Count(guest, 1);
        cameOrWent++;
        Touch();
    }

    public void Remove(Guest guest)
    {
        if (!guests.Remove(guest.Id))
            return;
        Count(guest, -1);
        guest.IsGone = true;
        heard.Remove(guest);
        cameOrWent++;
        Touch();
    }

    /// <summary>
    /// What a guest says: kept, and looked at in the next decision, so that one that floods costs an assignment each. Less than nothing
    /// is not said.
    /// </summary>
    public void Say(Guest guest, long used)
    {
        if (used < 0 || guest.IsGone)
            return;
        guest.Said = used;
        heard.Add(guest);
        Touch();
    }

    public void Measure(Guest guest, long current, long resident, DateTimeOffset now)
    {
        if (guest.IsGone)
            return;
        if (current > guest.Initial + Movement.Arrival && now < guest.FilledBy)
            current = guest.Initial;
        else
            guest.FilledBy = default;
        var isUnchanged = guest.Current == current && guest.Resident == resident && guest.Movement is null;
        if (isUnchanged)
            return;
        Change(guest, g =>
        {
            Released += Math.Max(0, g.Current - current);
            (g.Current, g.Resident) = (current, resident);
            Prefer(g);
            Judge(g, now);
        });
    }

    /// <summary>Asks a guest for another size; the caller sends it.</summary>
    public void Retarget(Guest guest, long target, DateTimeOffset now)
    {
        var next = guest.CountChange(now);
        Edit(guest, g =>
        {
            g.LastTarget = target;
            g.FilledBy = default;
            g.Movement = Movement.IsThere(g.Current, target) ? null : new Movement(g.Current, now);
            g.IsResting = next > now;
        });
        if (guest.IsResting)
            later.Enqueue((guest, g => g.IsResting = false), next);
    }

    /// <summary>The hypervisor does not take its orders, or it does not follow them.</summary>
    public void GiveUpOn(Guest guest, DateTimeOffset now)
    {
        if (!guest.IsGone)
            Change(guest, g => GiveUp(g, now));
    }

    /// <summary>Changes what is known of a guest.</summary>
    public void Change(Guest guest, Action<Guest> change)
    {
        if (guest.IsGone)
            return;
        Edit(guest, change);
        Touch();
    }

    /// <summary>
    /// Looks at what was said and what fell due; how many guests came, went or said something since this was called last. How they follow
    /// their orders is no such change: it is what decisions led to.
    /// </summary>
    public int TakeChanges(DateTimeOffset now)
    {
        while (later.TryPeek(out var due, out var at) && at <= now)
        {
            later.Dequeue();
            if (!due.Guest.IsGone)
                Edit(due.Guest, due.Change);
        }
        foreach (var guest in heard)
            Hear(guest);
        var count = heard.Count + cameOrWent;
        heard.Clear();
        (cameOrWent, isDirty) = (0, false);
        return count;
    }

    /// <summary>Looks at what a guest said last.</summary>
    public void Hear(Guest guest)
    {
        if (guest.Said is not { } said || guest.IsGone)
            return;
        Edit(guest, g =>
        {
            g.Claimed = Math.Min(said, g.Most > 0 ? g.Most : long.MaxValue);
            g.Said = null;
            Prefer(g);
        });
    }

    private void Prefer(Guest g)
    {
        if (g.Used is { } used)
            g.Preferred = PreferredMemory.OfGuest(options, used, g.Most);
    }

    private void Edit(Guest guest, Action<Guest> change)
    {
        Count(guest, -1);
        change(guest);
        Count(guest, 1);
    }

    private void Touch()
    {
        if (isDirty)
            return;
        isDirty = true;
        Changed?.Invoke();
    }

    private void Judge(Guest g, DateTimeOffset now)
    {
        switch (g.Movement?.Judge(g.Current, g.Given, now))
        {
            case Trouble.NoProgress:
                GiveUp(g, now);
                break;
            case { } trouble:
                g.Trouble = trouble;
                g.Failures = 0;
                if (Movement.IsThere(g.Current, g.Given))
                    g.Movement = null;
                break;
            case null:
                break;
        }
    }

    private void GiveUp(Guest g, DateTimeOffset now)
    {
        var pardon = TimeSpan.FromSeconds(Math.Min(MostPardonSeconds, LeastPardonSeconds * Math.Pow(2, g.Failures++)));
        // What it was promised and does not take is not kept for it; what it does not give is its own for now.
        (g.Trouble, g.Movement, g.LastTarget) = (Trouble.NoProgress, null, g.Current);
        later.Enqueue((g, Pardon), now + pardon);
    }

    private static void Pardon(Guest g)
    {
        if (g.Trouble == Trouble.NoProgress)
            g.Trouble = Trouble.None;
    }

    // Takes a guest into every sum and order, or out of them: the only place that knows which there are.
    private void Count(Guest g, int sign)
    {
        Resident += sign * g.Resident;
        Untouched += sign * g.Untouched;
        Incoming += sign * g.Incoming;
        if (sign > 0)
            g.Rank = g.Preferred > 0 ? (double)g.Given / g.Preferred : 1;
        if (g.IsMember)
        {
            Preferred += sign * g.Preferred;
            Actual += sign * g.Actual;
            Shortage += sign * g.Shortage;
            Need += sign * g.Need;
            Surplus += sign * g.Surplus;
        }
        Place(resting, g, g.IsResting, sign);
        if (sign > 0)
            g.Turn = !g.IsMember || g.Shortage == 0 ? 0 : g.Turn > 0 ? g.Turn : ++turns;
        var isServed = g.IsMember && g.Shortage > 0 && (!g.IsResting || g.Need > 0);
        Place(waiting, g, isServed, sign);
        Place(starving, g, isServed, sign);
        Place(growable, g, g.IsMember && !g.IsResting && g.CanGrow, sign);
        Place(donors, g, g.IsMember && !g.IsResting && g.Surplus > 0, sign);
    }

    private static void Place(ISet<Guest> among, Guest guest, bool isOne, int sign)
    {
        if (isOne && sign > 0)
            among.Add(guest);
        else if (isOne)
            among.Remove(guest);
    }
}
