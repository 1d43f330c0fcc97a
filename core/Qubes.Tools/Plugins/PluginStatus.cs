namespace Qubes.Tools.Plugins;

/// <summary>A line of <c>admin.plugin.List</c>.</summary>
internal sealed record PluginStatus(
    string Name, string State, string Version, string Sdk, string Description, bool Shipped, string Folder, string[] Requires, string Reload,
    int Generation, int Faults, string[] Leftovers, string? Reason = null);
