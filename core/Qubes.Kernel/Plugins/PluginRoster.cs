using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins.Faults;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Logs;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>Who is installed, who is active, and what stands against whom. Changed by one operation at a time.</summary>
internal sealed class PluginRoster(
    PluginExtensions extensions, PluginLogs logs, TimeProvider time, ILogger<PluginHost> log)
{
    private readonly ConcurrentDictionary<string, FaultLedger> ledgers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, PluginStatus> statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> rejected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> ofSettings = new(StringComparer.Ordinal);
    private readonly List<PluginInstance> active = [];
    private volatile IReadOnlyList<PluginStatus> shown = [];
    private volatile IReadOnlyList<Leftover> leftovers = [];

    /// <summary>Active plugins by rank.</summary>
    public IReadOnlyList<PluginInstance> Active => active;

    /// <summary>Every installed plugin, by name. For any thread.</summary>
    public IReadOnlyList<PluginStatus> Shown => shown;

    /// <summary>Every installed plugin, by name. For any thread.</summary>
    public IReadOnlyList<PluginReport> Reports => [.. shown.Select(Report)];

    public bool IsActive(string name) => active.Exists(plugin => plugin.Name == name);

    public PluginInstance? Find(string name) => active.Find(plugin => plugin.Name == name);

    public PluginStatus? StatusOf(string name) => statuses.GetValueOrDefault(name);

    /// <summary>The active plugins that require it, over others, too.</summary>
    public IEnumerable<PluginInstance> DependantsOf(string name)
    {
        HashSet<string> reached = [name];
        // Who requires comes after whom it requires.
        foreach (var plugin in active.Where(plugin => plugin.Generation.Source.Requires.Any(reached.Contains)))
        {
            if (reached.Add(plugin.Name))
                yield return plugin;
        }
    }

    /// <summary>A place after all that it requires.</summary>
    public int FreeRank(PluginStatus plugin)
    {
        var rank = active.Where(other => plugin.Requires.Contains(other.Name)).Select(other => other.Rank + 1).DefaultIfEmpty(0).Max();
        while (active.Exists(other => other.Rank == rank))
            rank++;
        return rank;
    }

    /// <summary>On the kernel loop.</summary>
    public void Replace(PluginInstance? from, PluginInstance? to)
    {
        if (from is not null)
            active.Remove(from);
        if (to is not null)
            active.Insert(active.TakeWhile(other => other.Rank < to.Rank).Count(), to);
    }

    /// <summary>Tells everyone who is active; on the kernel loop.</summary>
    public void Publish() => extensions.Publish([.. active]);

    public FaultLedger LedgerOf(string name) => ledgers.GetOrAdd(name, _ => new(time));

    /// <summary>Notes what became of a plugin, and logs it if that is new.</summary>
    public void Note(PluginStatus status, Exception? cause = null)
    {
        var before = statuses.GetValueOrDefault(status.Name);
        statuses[status.Name] = status;
        if (before is not null && before.State == status.State && before.Reason == status.Reason && before.Fingerprint == status.Fingerprint)
            return;
        switch (status.State)
        {
            case PluginState.Disabled or PluginState.Available:
                Log.PluginDisabled(log, status.Name, status.State, status.Reason);
                break;
            case PluginState.Active when status.Reason.Length > 0:
                Log.PluginKept(log, status.Name, status.Reason);
                break;
            case not PluginState.Active:
                Log.PluginRefused(log, cause is PluginRefusedException ? null : cause, status.Name, status.Folder, status.State, status.Reason);
                break;
        }
        if (status.Reason.Length > 0)
            logs.Of(status.Name).Add("host ", status.State.ToString().ToLowerInvariant(), status.Reason);
    }

    /// <summary>Notes that an active plugin is as it should be, or what stands against it.</summary>
    public void NoteActive(PluginInstance plugin, string reason = "") =>
        Note(plugin.Generation.Source with
        {
            State = PluginState.Active,
            Reason = reason.Length > 0 ? reason : ofSettings.GetValueOrDefault(plugin.Name, ""),
            Generation = plugin.Generation.Number,
        });

    /// <summary>What stands against a plugin's configuration; it is told as long as nothing else is.</summary>
    public void NoteSettings(string name, string reason) => ofSettings[name] = reason;

    /// <summary>Remembers a content that failed beside an active generation, so that it is not tried again before it changes.</summary>
    public void Reject(PluginStatus found) => rejected[found.Name] = found.Fingerprint;

    public bool IsRejected(PluginStatus found) => rejected.GetValueOrDefault(found.Name) == found.Fingerprint;

    public void Forget(string name)
    {
        statuses.Remove(name);
        rejected.Remove(name);
    }

    /// <summary>Notes a generation that has ended.</summary>
    public void Add(Leftover ended) => leftovers = [.. leftovers.Where(left => left.Code.IsAlive), ended];

    /// <summary>Those still in memory.</summary>
    public IReadOnlyList<Leftover> Leftovers => leftovers = [.. leftovers.Where(left => left.Code.IsAlive)];

    /// <summary>Shows everyone the state of now.</summary>
    public void Show(IEnumerable<PluginStatus> superseded) =>
        shown = [.. statuses.Values.Concat(superseded).OrderBy(status => status.Name, StringComparer.Ordinal)];

    private PluginReport Report(PluginStatus status)
    {
        var own = new PluginReport(status.Name, status.State, status.Reason, status.Folder, status.Location.IsShipped);
        if (status.Manifest is { } manifest)
        {
            own = own with
            {
                Version = manifest.Version,
                Sdk = manifest.Sdk,
                Description = manifest.Description,
                Requires = status.Requires,
                Reload = manifest.Reload,
            };
        }
        return status.State == PluginState.Superseded ? own : own with
        {
            Generation = status.State == PluginState.Active ? status.Generation : 0,
            Faults = ledgers.TryGetValue(status.Name, out var ledger) ? ledger.Total : 0,
            Leftovers = [.. leftovers.Where(left => left.Plugin == status.Name && left.Code.IsAlive).Select(left => left.ToString())],
        };
    }
}
