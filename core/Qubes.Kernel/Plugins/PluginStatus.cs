using Qubes.Kernel.Plugins.Manifests;

namespace Qubes.Kernel.Plugins;

/// <summary>An installed plugin as its user sees it.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Folder">Where it is installed.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it is not active, in one line; empty for an active one.</param>
/// <param name="Manifest">What it says of itself, where that could be read.</param>
internal sealed record PluginStatus(string Name, string Folder, PluginState State, string Reason, PluginManifest? Manifest);
