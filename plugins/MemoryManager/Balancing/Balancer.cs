using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>
/// Decides who is to have how much: first claims, then guests below their need, out of what is free and what others have beyond
/// theirs; what is left goes to those that have the least for their need. A decision looks at no more guests than a constant times those that changed;
/// what is left to do is done in the next. Used on the kernel loop.
/// </summary>
internal sealed class Balancer(MemoryOptions options, Ledger ledger, ClaimBook claims, HostShare host)
{
    /// <summary>Guests that one decision may look at for each that changed, and for each claim that waits.</summary>
    public const int LooksPerChange = 16;

    /// <summary>
    /// Nobody is given more than this multiple of its preferred memory: what the host keeps serves as its own cache, and is there for
    /// the next start.
    /// </summary>
    private const double MostLevel = 2;

    private const double SameLevel = 0.9;
    private const long LeastTransfer = 150L << 20; // spec: MIN_TOTAL_MEMORY_TRANSFER
    private const long LeastPart = 64L << 20;
    private const long LeastGift = 32L << 20;

    private readonly List<Order> orders = [];
    private int most;

    /// <summary>Guests that the last decision looked at.</summary>
    public int Looks { get; private set; }

    /// <summary>Guests and claims that had changed before it.</summary>
    public int Changes { get; private set; }

    /// <summary>Decides; the orders, those who give first. Their targets have been entered in the ledger.</summary>
    /// <param name="reading">The host, now.</param>
    /// <param name="now">The time.</param>
    /// <param name="isForClaimsAlone">Guests keep what they have, but for what claims need.</param>
    public IReadOnlyList<Order> Decide(HostReading reading, DateTimeOffset now, bool isForClaimsAlone = false)
    {
        orders.Clear();
        Changes = ledger.TakeChanges(now) + claims.Waiting.Count + 1;
        Looks = 0;
        most = LooksPerChange * Changes;

        var free = host.FreeOf(reading);
        free -= claims.Answer(free - options.Reserve / 2, ledger.Surplus + ledger.Incoming, ledger.Released, now);
        var spare = free - options.Reserve;
        if (isForClaimsAlone)
        {
            if (claims.WaitingBytes > 0)
                AskDonors(claims.WaitingBytes - spare - ledger.Incoming, now);
            return orders;
        }
        var raises = Raises(ref spare, now);
        var wanted = claims.WaitingBytes + ledger.Shortage;
        var missing = wanted - spare - ledger.Incoming;
        if (missing > (wanted > 0 ? 0 : Guest.LeastShortage))
            AskDonors(Math.Max(missing, ledger.Shortage > 0 ? LeastTransfer : LeastPart), now); // more will be missing soon, and each is asked only so often
        else if (wanted == 0)
            Grow(spare, raises, now);
        orders.AddRange(raises);
        return orders;
    }

    // All that there is, over all that is preferred.
    private double LevelOf(long spare) => ledger.Preferred == 0 ? 1 : Math.Min(MostLevel, (double)(spare + ledger.Actual) / ledger.Preferred);

    private List<Order> Raises(ref long spare, DateTimeOffset now)
    {
        List<Order> raises = [];
        var forGuests = spare - claims.WaitingBytes;
        var granted = forGuests;
        if (forGuests >= ledger.Shortage)
        {
            var level = LevelOf(forGuests);
            foreach (var guest in Look(ledger.Starving, _ => true))
                Raise(raises, guest, guest.IsDoubted ? guest.Goal : Math.Max(guest.Goal, Shares.OfEnough(level, guest.Preferred, guest.Most)), ref forGuests, now);
        }
        else if (ledger.Surplus + ledger.Incoming > 0)
        {
            // More is on its way: each in its turn gets what it needs, or most of it, and the others have not long to wait.
            var rest = forGuests;
            var needy = Look(ledger.Waiting, guest =>
            {
                var isServed = rest >= Math.Min(LeastPart, guest.Shortage);
                rest -= guest.Shortage;
                return isServed;
            });
            foreach (var guest in needy)
                Raise(raises, guest, guest.Goal, ref forGuests, now);
        }
        else
        {
            // What is there would be ground to dust among many: the neediest get parts that are worth an order.
            var parts = Math.Max(1, forGuests / LeastPart);
            var needy = Look(ledger.Starving, _ => parts-- > 0);
            var preferred = needy.Sum(g => g.Preferred);
            foreach (var guest in needy)
            {
                var part = Shares.OfTooLittle(Math.Max(0, granted), guest.Preferred, preferred, guest.Actual, guest.Most);
                Raise(raises, guest, Math.Min(part, guest.Goal), ref forGuests, now, least: LeastPart);
            }
        }
        spare -= granted - forGuests;
        return raises;
    }

    private void Raise(List<Order> raises, Guest guest, long target, ref long free, DateTimeOffset now, long? least = null)
    {
        // What it has not given back yet costs nothing.
        var before = guest.Actual;
        target = Math.Min(target, before + Math.Max(0, free));
        if (target - guest.Given < Math.Max(Guest.LeastShortage, Math.Min(guest.Shortage, least ?? Math.Max(LeastPart, guest.Shortage / 2))))
            return;
        ledger.Retarget(guest, target, now);
        free -= guest.Actual - before;
        raises.Add(new(guest, target));
    }

    private void AskDonors(long missing, DateTimeOffset now)
    {
        if (missing <= 0)
            return;
        // Twice what is missing, so that nobody has to give all it has while others have as much.
        long surplus = 0;
        var donors = Look(claims.Waiting.Count > 0 || ledger.Need > 0 ? ledger.Donors.Concat(ledger.RestingDonors) : ledger.Donors, guest =>
        {
            var isWanted = surplus < 2 * missing;
            surplus += isWanted ? guest.Surplus : 0;
            return isWanted;
        });
        var lefts = DonorPlan.Of([.. donors.Select(d => (d.Given, (double)d.Surplus))], Math.Min(missing, surplus)) ?? [];
        foreach (var (guest, left) in donors.Zip(lefts))
        {
            var target = Math.Max(guest.Given - guest.Surplus, Math.Min(left, guest.Given - LeastGift));
            ledger.Retarget(guest, target, now);
            orders.Add(new(guest, target));
        }
    }

    private void Grow(long spare, List<Order> raises, DateTimeOffset now)
    {
        var level = LevelOf(spare);
        long wanted = 0;
        var poor = Look(ledger.Growable, guest =>
        {
            var isWanted = spare - wanted >= LeastTransfer && guest.Rank < level * SameLevel;
            wanted += isWanted ? Shares.OfEnough(level, guest.Preferred, guest.Most) - guest.Given : 0;
            return isWanted;
        });
        foreach (var guest in poor)
        {
            var target = Shares.OfEnough(level, guest.Preferred, guest.Most);
            if (target - guest.Given >= guest.LeastGrowth)
                Raise(raises, guest, target, ref spare, now);
        }
    }

    // A copy of what is looked at, since an order moves its guest within the set.
    private List<Guest> Look(IEnumerable<Guest> guests, Func<Guest, bool> isWanted)
    {
        List<Guest> seen = [];
        foreach (var guest in guests)
        {
            if (Looks >= most || !isWanted(guest))
                break;
            Looks++;
            seen.Add(guest);
        }
        return seen;
    }
}
