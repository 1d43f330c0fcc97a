namespace Qubes.Kernel.Plugins;

/// <summary>
/// The order in which plugins are loaded: each after those it requires, else by name. Requirements that are not installed do
/// not count here.
/// </summary>
internal sealed class PluginOrder
{
    private readonly Dictionary<string, PluginStatus> plugins;
    private readonly List<PluginStatus> sorted = [];
    private readonly HashSet<string> visited = [];
    private readonly List<string> path = [];
    private readonly Dictionary<string, string> cycles = [];

    public PluginOrder(IEnumerable<PluginStatus> plugins)
    {
        this.plugins = plugins.ToDictionary(plugin => plugin.Name);
        foreach (var name in this.plugins.Keys.Order(StringComparer.Ordinal))
            Visit(name);
    }

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<PluginStatus> Sorted => sorted;

    /// <summary>For each plugin that requires itself over others: the circle, e.g. <c>A → B → A</c>.</summary>
    public IReadOnlyDictionary<string, string> Cycles => cycles;

    private void Visit(string name)
    {
        if (!plugins.TryGetValue(name, out var plugin))
            return;
        var start = path.IndexOf(name);
        if (start >= 0)
        {
            var members = path[start..];
            foreach (var member in members)
                cycles.TryAdd(member, string.Join(" → ", members.Append(name)));
            return;
        }
        if (!visited.Add(name))
            return;
        path.Add(name);
        foreach (var required in plugin.Requires)
            Visit(required);
        path.RemoveAt(path.Count - 1);
        sorted.Add(plugin);
    }
}
