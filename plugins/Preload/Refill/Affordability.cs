using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>
/// How many preloads the host's memory allows (spec: preloaded disposables, section 5.1, step 6). What was granted to starts that are
/// under way counts as taken, so that templates that are filled at the same time do not spend the same bytes; where memory does not suffice for
/// all, each gets its fair share.
/// </summary>
internal sealed class Affordability(
    PreloadSettings settings, AvailableMemory memory, Shortfalls shortfalls, CopyCosts costs, Pools pools, Restraint restraint, ILogger<Affordability> log)
{
    private const long MiB = 1 << 20;

    private readonly HashSet<IQube> waiting = [];
    private long granted;

    /// <summary>A template that lacked what others' starts were granted may be tried again: one of those is over.</summary>
    public event Action<IQube>? MayBeTried;

    /// <summary>At most as many grants as are wanted; notes why when they are fewer. Each is to be disposed of.</summary>
    /// <param name="template">Whose preloads are to be started.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="isReplacement">It takes an outdated one's place: what is fair is not asked.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async Task<IReadOnlyList<MemoryGrant>> GrantAsync(IQube template, int wanted, bool isReplacement, CancellationToken cancel)
    {
        var reading = await memory.ReadAsync(cancel);
        waiting.Remove(template);
        if (restraint.Pressure != MemoryPressure.None)
            return Grant(template, wanted, 0, 0, "the host is short of memory");
        if (reading is not { } bytes)
            return Grants(wanted, 0);
        var each = costs.Of(template);
        var free = Math.Max(0, bytes - settings.Threshold - granted);
        var fitting = (int)Math.Min(wanted, free / each);
        var count = isReplacement ? fitting : Math.Min(fitting, FairPart(template, wanted, free));
        var taken = granted > 0 ? $", {granted / MiB} are granted to others that start" : "";
        var reason = $"of {bytes / MiB} MiB of memory {settings.Threshold / MiB} are kept free{taken}, and one takes {each / MiB}"
            + (count < fitting ? "; the rest is other templates' fair share" : "");
        if (count < wanted && granted > 0)
            waiting.Add(template);
        return Grant(template, wanted, count, each, reason);
    }

    private List<MemoryGrant> Grant(IQube template, int wanted, int count, long each, string whyNotMore)
    {
        if (count < wanted)
        {
            Log.Short(log, template.Name, wanted - count, whyNotMore);
            shortfalls.NoteMemory(template, whyNotMore);
        }
        else
        {
            shortfalls.Clear(template);
        }
        return Grants(count, each);
    }

    // Others that wait for the end of a trouble of their own want nothing now; who asks does.
    private int FairPart(IQube template, int wanted, long free)
    {
        var all = pools.Read();
        if (all.IndexOf(template) is not { } mine)
            return wanted;
        var needs = all.Needs.ToList();
        needs[mine] = needs[mine] with { Wanted = needs[mine].Held + wanted };
        return FairShares.Of(needs, needs.Sum(p => p.Held * p.BytesEach) + free)[mine] is var share && share > needs[mine].Held
            ? share - needs[mine].Held
            : 0;
    }

    private List<MemoryGrant> Grants(int count, long each)
    {
        granted += count * each;
        return [.. Enumerable.Range(0, count).Select(_ => new MemoryGrant(each, End))];
    }

    private void End(long bytes)
    {
        granted -= bytes;
        if (waiting.Count == 0)
            return;
        var tried = waiting.ToList();
        waiting.Clear();
        foreach (var template in tried)
            MayBeTried?.Invoke(template);
    }
}
