using Microsoft.Extensions.Configuration;

namespace Qubes.Kernel.Plugins.Settings;

/// <summary>The daemon's configuration as it was read last.</summary>
internal sealed class PluginSettings(IConfiguration configuration)
{
    private volatile IConfiguration latest = configuration;

    /// <summary>It was read anew.</summary>
    public void Take(IConfiguration next) => latest = next;

    /// <summary>What a plugin's section says.</summary>
    public IReadOnlyDictionary<string, string?> Of(string plugin) => latest.GetSection(plugin).AsEnumerable(makePathsRelative: true)
        .Where(pair => pair.Value is not null && pair.Key.Length > 0)
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
