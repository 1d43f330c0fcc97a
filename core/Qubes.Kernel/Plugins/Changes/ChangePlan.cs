using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Changes;

/// <summary>What is to become of the plugins, given what is installed now.</summary>
/// <param name="roster">Who is active.</param>
/// <param name="found">What is installed, each name once.</param>
/// <param name="forced">Plugins to be loaded anew in any case.</param>
internal sealed class ChangePlan(PluginRoster roster, IReadOnlyDictionary<string, PluginStatus> found, IReadOnlySet<string> forced)
{
    /// <summary>Active ones that end, dependants included, in the order of their start.</summary>
    public List<PluginInstance> Leaving { get; } = [];

    /// <summary>Active ones whose code is replaced, and those that require them, in the order of their start.</summary>
    public List<PluginInstance> Changing { get; } = [];

    /// <summary>What stands against active ones that stay; empty for nothing.</summary>
    public Dictionary<string, string> Staying { get; } = [];

    /// <param name="fixedBecause">Why an active plugin cannot end while the daemon runs; null: it can.</param>
    public async Task MakeAsync(Func<PluginInstance, Task<string?>> fixedBecause)
    {
        HashSet<string> leaving = [], changing = [];
        foreach (var plugin in roster.Active)
        {
            var (goes, comes, why) = Judge(plugin);
            if (!goes && !comes)
            {
                Staying[plugin.Name] = why;
                continue;
            }
            var group = roster.DependantsOf(plugin.Name).Prepend(plugin).ToList();
            if (await FirstFixedAsync(group, fixedBecause) is { } reason)
                Staying[plugin.Name] = $"{why}, but stays until the daemon is restarted: {reason}";
            else
                (goes ? leaving : changing).UnionWith(group.Select(member => member.Name));
        }
        changing.ExceptWith(leaving);
        Leaving.AddRange(roster.Active.Where(plugin => leaving.Contains(plugin.Name)));
        Changing.AddRange(roster.Active.Where(plugin => changing.Contains(plugin.Name)));
    }

    private (bool Goes, bool Comes, string Why) Judge(PluginInstance plugin)
    {
        var running = plugin.Generation.Source;
        if (!found.TryGetValue(plugin.Name, out var now))
            return (true, false, "its folder is gone");
        if (now.State is PluginState.Disabled or PluginState.Available)
            return (true, false, now.Reason);
        if (now.State != PluginState.Active)
            return (false, false, $"what is in its folder now is not taken ({now.State.ToString().ToLowerInvariant()}): {now.Reason}");
        if (forced.Contains(plugin.Name))
            return (false, true, "it was to be loaded anew");
        if (now.Fingerprint == running.Fingerprint && now.Folder == running.Folder)
            return (false, false, "");
        // It was tried and failed: what was said then holds until it changes again.
        return roster.IsRejected(now)
            ? (false, false, roster.StatusOf(plugin.Name)?.Reason ?? "")
            : (false, true, "its folder has changed");
    }

    private static async Task<string?> FirstFixedAsync(List<PluginInstance> group, Func<PluginInstance, Task<string?>> fixedBecause)
    {
        foreach (var plugin in group)
        {
            if (await fixedBecause(plugin) is { } reason)
                return plugin == group[0] ? reason : $"{plugin.Name} requires it, and {reason}";
        }
        return null;
    }
}
