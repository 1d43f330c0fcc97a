using Qubes.Kernel.Plugins.Manifests;
using Qubes.Kernel.Plugins.Presets;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// Finds the installed plugins and decides which of them may be loaded: enabled, from trusted hands, with a sound manifest
/// for this SDK.
/// </summary>
internal sealed class PluginDiscovery(QubesPaths paths, PluginPresets presets, PluginTrust trust)
{
    /// <summary>What is wrong with the presets, one line each.</summary>
    public IReadOnlyList<string> Complaints => presets.Complaints;

    /// <summary>
    /// Every installed plugin by name, shipped ones first. Those that may be loaded have the state
    /// <see cref="PluginState.Active"/>, which they have yet to earn.
    /// </summary>
    public IReadOnlyList<PluginStatus> Find()
    {
        List<PluginStatus> found = [];
        foreach (var folder in Folders(paths.ShippedPlugins, shipped: true).Concat(Folders(paths.LocalPlugins, shipped: false)))
        {
            var taken = found.Any(other => other.Name == folder.Name);
            found.Add(taken ? Refused(folder, PluginState.Unsupported, "a shipped plugin has this name") : Judge(folder));
        }
        return found;
    }

    // A dot in front marks what a package manager has not finished.
    private static IEnumerable<PluginFolder> Folders(string directory, bool shipped) =>
        !Directory.Exists(directory)
            ? []
            : Directory.EnumerateDirectories(directory)
                .Select(path => new PluginFolder(path, shipped))
                .Where(folder => !folder.Name.StartsWith('.'))
                .OrderBy(folder => folder.Name, StringComparer.Ordinal);

    private PluginStatus Judge(PluginFolder folder)
    {
        if (!PluginName.IsValid(folder.Name))
            return Refused(folder, PluginState.Malfunctioned, $"the name of its folder must be {PluginName.Rule}");
        if (!(presets.Decide(folder.Name) ?? folder.IsShipped))
            return Refused(folder, PluginState.Disabled, "no preset enables it, or one disables it");
        try
        {
            trust.Check(folder.Path);
            return new(folder.Name, folder.Path, PluginState.Active, "", ManifestReader.Read(folder.Path));
        }
        catch (PluginRefusedException e)
        {
            return Refused(folder, e.State, e.Message);
        }
    }

    private static PluginStatus Refused(PluginFolder folder, PluginState state, string reason) =>
        new(folder.Name, folder.Path, state, reason, Manifest: null);
}
