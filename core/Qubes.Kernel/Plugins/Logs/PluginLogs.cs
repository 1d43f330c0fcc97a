using System.Collections.Concurrent;

namespace Qubes.Kernel.Plugins.Logs;

/// <summary>The log of each plugin, over all its generations.</summary>
internal sealed class PluginLogs(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PluginLog> logs = new(StringComparer.Ordinal);

    public PluginLog Of(string plugin) => logs.GetOrAdd(plugin, _ => new(time));
}
