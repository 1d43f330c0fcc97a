using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.MemoryManager.Guests;

/// <summary>What is known of one machine's memory; bytes. Everything but the order's own marks is changed by the <see cref="Ledger"/> alone.</summary>
/// <param name="name">Its qube's.</param>
/// <param name="id">The machine's.</param>
/// <param name="most">That it may be given; 0: it is never balanced.</param>
/// <param name="current">That it was started with.</param>
internal sealed class Guest(string name, int id, long most, long current)
{
    /// <summary>Less than this below its need is no need (spec: MIN_MEM_CHANGE_WHEN_UNDER_PREF).</summary>
    public const long LeastShortage = 15L << 20;

    /// <summary>Less than this above it is not taken away (spec: donor slack).</summary>
    public const long LeastSurplus = 10L << 20;

    /// <summary>So much more than it has touched it may say that it uses: the next that it will touch, and what it swapped out.</summary>
    private const long LeastCredit = 64L << 20;

    private const int CreditPart = 4;

    /// <summary>One that has touched all of what it has but for such a part can mean what it says.</summary>
    private const int UntouchedPart = 32;

    private Pace pace;

    public string Name => name;

    public int Id => id;

    public long Most => most;

    /// <summary>Null in simulations.</summary>
    public IMachine? Machine { get; init; }

    /// <summary>It shares its memory with siblings, and what it has not touched is promised to nobody.</summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// Until then it may still be about to fill the balloon that keeps it to what it was started with: what is measured beyond that is
    /// not counted before it has done so once.
    /// </summary>
    public DateTimeOffset FilledBy { get; set; }

    /// <summary>As it says itself; null: it has not yet.</summary>
    public long? Claimed { get; set; }

    /// <summary>
    /// That of it which is believed. Whoever leaves untouched what it has needs no more, whatever it says: so one that says more than
    /// it touches has nothing of it, and one that grows is believed a step ahead. Null: it has said nothing yet.
    /// </summary>
    public long? Used => Claimed is { } claimed ? Math.Min(claimed, Believable) : null;

    /// <summary>It says more than is believed, as far as it has been measured.</summary>
    public bool IsDoubted => Used < Claimed;

    /// <summary>Said since the last decision, not yet looked at.</summary>
    public long? Said { get; set; }

    /// <summary>That it was started with.</summary>
    public long Initial { get; } = current;

    /// <summary>The size of its balloon's complement, as measured.</summary>
    public long Current { get; set; } = current;

    /// <summary>Of the host's memory, as measured; unmeasured, nothing is touched yet.</summary>
    public long Resident { get; set; }

    /// <summary>What it was asked for last; null: never asked.</summary>
    public long? LastTarget { get; set; }

    public long Preferred { get; set; }

    public Trouble Trouble { get; set; }

    public Movement? Movement { get; set; }

    /// <summary>How often in a row it did not follow: each time it is left out for twice as long.</summary>
    public int Failures { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>Shrunk by somebody, and left alone until that one lets go.</summary>
    public int Holds { get; set; }

    /// <summary>Its target changed too often of late.</summary>
    public bool IsResting { get; set; }

    public bool IsGone { get; set; }

    /// <summary>A task sends it its target and sees whether it follows.</summary>
    public bool IsOrdering { get; set; }

    /// <summary>The ledger's, by which it is sorted.</summary>
    public double Rank { get; set; }

    /// <summary>The ledger's: its turn among those below their need; 0: it is not.</summary>
    public long Turn { get; set; }

    /// <summary>Whether it takes part in balancing.</summary>
    public bool IsMember => most > 0 && Used is not null && !IsPaused && Holds == 0 && Trouble != Trouble.NoProgress;

    /// <summary>What it will have.</summary>
    public long Given => LastTarget ?? Current;

    /// <summary>What has to be counted (spec: mem_actual).</summary>
    public long Actual => Math.Max(Current, Given);

    /// <summary>What it needs and may have.</summary>
    public long Goal => Math.Min(Preferred, most);

    public long Shortage => Goal - Given is var missing and > LeastShortage ? missing : 0;

    /// <summary>What it uses already and has not: it swaps, or is about to.</summary>
    public long Need => Math.Min(Used ?? 0, most) - Given is var missing and > 0 ? missing : 0;

    public long Surplus => Given - Preferred is var slack and > LeastSurplus ? slack : 0;

    /// <summary>What it may take of the host without asking anybody.</summary>
    public long Untouched => IsShared ? 0 : Math.Max(0, Actual - Resident);

    /// <summary>What it is giving back.</summary>
    public long Incoming => Trouble == Trouble.None && Movement is not null ? Math.Max(0, Current - Given) : 0;

    /// <summary>It can be given a noticeable amount beyond its need; one that says more than is believed gets none.</summary>
    public bool CanGrow => most - Given >= LeastGrowth && Shortage == 0 && !IsDoubted;

    /// <summary>Growth beyond the need is by a tenth of it, or not at all.</summary>
    public long LeastGrowth => Math.Max(LeastShortage, Preferred / 10);

    private long Believable => Resident == 0 || Resident >= Current - Current / UntouchedPart
        ? long.MaxValue
        : Resident + Math.Max(LeastCredit, Resident / CreditPart);

    /// <summary>Counts a change of target; when the next may be.</summary>
    public DateTimeOffset CountChange(DateTimeOffset now) => pace.Take(now);
}
