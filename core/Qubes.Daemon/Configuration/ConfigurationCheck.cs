using Microsoft.Extensions.Configuration;
using Qubes.Kernel.Plugins;

namespace Qubes.Daemon.Configuration;

/// <summary>Finds what nobody reads in the configuration, which is mostly a misspelt name.</summary>
internal static class ConfigurationCheck
{
    /// <summary>One line for each section or key that is unknown.</summary>
    /// <param name="configuration">All sections.</param>
    /// <param name="plugins">The installed plugins; one that does not say which settings it has takes them all.</param>
    public static IEnumerable<string> Complaints(IConfiguration configuration, IReadOnlyList<PluginStatus> plugins)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (section.Value is not null)
            {
                yield return $"{section.Key} stands before the first section; settings belong to [{DaemonSettings.Section}] or a plugin";
                continue;
            }
            var plugin = plugins.FirstOrDefault(plugin => plugin.Name.Equals(section.Key, StringComparison.OrdinalIgnoreCase));
            var isDaemon = section.Key.Equals(DaemonSettings.Section, StringComparison.OrdinalIgnoreCase);
            if (plugin is null && !isDaemon)
            {
                yield return $"section [{section.Key}] is of no installed plugin";
                continue;
            }
            var known = isDaemon ? DaemonSettings.Keys : plugin!.Manifest?.Settings;
            foreach (var key in section.GetChildren().Select(child => child.Key))
            {
                if (known?.Contains(key, StringComparer.OrdinalIgnoreCase) == false)
                    yield return $"[{section.Key}] has no setting {key}; it has: {string.Join(", ", known)}";
            }
        }
    }
}
