using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Manifests;
using Qubes.Kernel.Plugins.Presets;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// Finds the installed plugins and decides which of them may be loaded: enabled, from trusted hands, with a sound manifest
/// for this SDK. Reads files: not for the kernel loop.
/// </summary>
internal sealed class PluginDiscovery(QubesPaths paths, PluginTrust trust)
{
    /// <summary>Where the administrator's presets are.</summary>
    public string OwnPresets => paths.Configuration + "/plugin-preset.d";

    /// <summary>Where plugins are looked for, shipped ones first.</summary>
    public IReadOnlyList<string> Directories => [paths.ShippedPlugins, paths.LocalPlugins];

    /// <summary>The presets as they are now.</summary>
    public PluginPresets Presets => PluginPresets.Read(OwnPresets, paths.ShippedPresets);

    /// <summary>
    /// Every installed plugin by name, shipped ones first. Those that may be loaded have the state
    /// <see cref="PluginState.Active"/>, which they have yet to earn.
    /// </summary>
    public IReadOnlyList<PluginStatus> Find()
    {
        var presets = Presets;
        List<PluginStatus> found = [];
        foreach (var folder in Folders(paths.ShippedPlugins, shipped: true).Concat(Folders(paths.LocalPlugins, shipped: false)))
        {
            var taken = found.Any(other => other.Name == folder.Name);
            found.Add(taken
                ? Refused(folder, PluginState.Superseded, "a shipped plugin has this name")
                : Judge(folder, presets));
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

    private PluginStatus Judge(PluginFolder folder, PluginPresets presets)
    {
        if (!PluginName.IsValid(folder.Name))
            return Refused(folder, PluginState.Malfunctioned, $"the name of its folder must be {PluginName.Rule}");
        var decision = presets.Decide(folder.Name);
        if (decision is null && !folder.IsShipped)
            return Refused(folder, PluginState.Available, "no preset enables it", Manifest(folder));
        if (decision is false)
            return Refused(folder, PluginState.Disabled, "a preset disables it", Manifest(folder));
        try
        {
            trust.Check(folder.Path);
            return new(folder, PluginState.Active, "", ManifestReader.Read(folder.Path), FolderFingerprint.Of(folder.Path));
        }
        catch (PluginRefusedException e)
        {
            return Refused(folder, e.State, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refused(folder, PluginState.Malfunctioned, $"its files cannot be read: {e.Message}");
        }
    }

    // Only to show it: what is not to be loaded may be anything.
    private PluginManifest? Manifest(PluginFolder folder)
    {
        try
        {
            trust.Check(folder.Path);
            return ManifestReader.Read(folder.Path);
        }
        catch (PluginRefusedException)
        {
            return null;
        }
    }

    private static PluginStatus Refused(PluginFolder folder, PluginState state, string reason, PluginManifest? manifest = null) =>
        new(folder, state, reason, manifest);
}
