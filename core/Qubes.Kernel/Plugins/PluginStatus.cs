using Qubes.Kernel.Plugins.Manifests;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>An installed plugin as it was found, or as what became of it.</summary>
/// <param name="Location">Where it is installed.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it is not active, or what stands against an active one, in one line.</param>
/// <param name="Manifest">What it says of itself, where that could be read.</param>
/// <param name="Fingerprint">Of the folder's content; empty where it was not looked at.</param>
internal sealed record PluginStatus(
    PluginFolder Location, PluginState State, string Reason, PluginManifest? Manifest, string Fingerprint = "")
{
    /// <summary>Which generation runs; 0 for none.</summary>
    public int Generation { get; init; }

    /// <summary>The name of its folder.</summary>
    public string Name => Location.Name;

    /// <summary>Where it is installed.</summary>
    public string Folder => Location.Path;

    /// <summary>What it requires.</summary>
    public IReadOnlyList<string> Requires => Manifest?.Requires ?? [];
}
