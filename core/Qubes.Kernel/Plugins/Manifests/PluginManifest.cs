using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Manifests;

/// <summary>What <c>plugin.json</c> in a plugin's folder says. Checked by <see cref="ManifestReader"/>.</summary>
/// <param name="Name">The name of the folder; characters <c>A-Za-z0-9_.-</c>, a letter first, at most 64.</param>
/// <param name="Version">The plugin's own version: numbers and dots, then perhaps <c>-</c> or <c>+</c> and a label.</param>
/// <param name="Sdk">The SDK it was built for, <c>MAJOR.MINOR</c>.</param>
/// <param name="Assembly">The entry assembly, a file in the folder.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Requires">Plugins that must be active before it.</param>
/// <param name="Settings">The keys of its configuration section; null when it does not say, and then none is reported as unknown.</param>
/// <param name="Reload">How it is replaced while the daemon runs.</param>
internal sealed record PluginManifest(
    string Name,
    string Version,
    string Sdk,
    string Assembly,
    string Description = "",
    IReadOnlyList<string>? Requires = null,
    IReadOnlyList<string>? Settings = null,
    PluginReload Reload = PluginReload.Beside);
