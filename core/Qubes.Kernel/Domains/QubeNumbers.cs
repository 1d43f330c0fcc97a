using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains;

/// <summary>
/// Allocates the numbers of qubes (spec: domain model, section 5). A disposable's number is not given again for seven days,
/// so that logs, addresses and a user's memory cannot confuse two of them.
/// </summary>
internal sealed class QubeNumbers(TimeProvider time, Random random)
{
    private const int Limit = 10_000;
    private static readonly TimeSpan Rest = TimeSpan.FromDays(7);
    private readonly Dictionary<int, long> releasedDispids = [];

    /// <summary>The lowest free number in 1 to 9999.</summary>
    public static int NextQid(IReadOnlySet<int> taken)
    {
        for (var qid = 1; qid < Limit; qid++)
        {
            if (!taken.Contains(qid))
                return qid;
        }
        throw new QubesException($"No more qubes can be created: all {Limit - 1} numbers are taken");
    }

    /// <summary>A random free number in 0 to 9999 that was not released within seven days.</summary>
    public int NextDispid(IReadOnlySet<int> taken)
    {
        const int tries = 100;
        for (var i = 0; i < tries; i++)
        {
            var dispid = random.Next(Limit);
            if (!taken.Contains(dispid) && !IsResting(dispid))
                return dispid;
        }
        throw new QubesException("No disposable can be created: no free number was found; remove some disposables first");
    }

    public void ReleaseDispid(int dispid) => releasedDispids[dispid] = time.GetTimestamp();

    private bool IsResting(int dispid)
    {
        if (!releasedDispids.TryGetValue(dispid, out var since))
            return false;
        if (time.GetElapsedTime(since) < Rest)
            return true;
        releasedDispids.Remove(dispid);
        return false;
    }
}
