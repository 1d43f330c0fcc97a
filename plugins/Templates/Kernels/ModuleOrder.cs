namespace Qubes.Plugins.Templates.Kernels;

/// <summary>Puts modules in an order in which each comes after what it depends on.</summary>
/// <param name="find">The module of that name or alias (dashes and underscores are the same); null when there is none.</param>
/// <param name="isBuiltIn">Whether the kernel contains it.</param>
internal sealed class ModuleOrder(Func<string, Module?> find, Predicate<string> isBuiltIn)
{
    private readonly List<Module> _order = [];
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);

    /// <summary>The load order that makes all of the wanted ones work, in the order given where nothing forbids it.</summary>
    /// <exception cref="InvalidDataException">One of them, or of what they depend on, is not there.</exception>
    public IReadOnlyList<Module> Resolve(IEnumerable<string> wanted)
    {
        foreach (var name in wanted)
            Visit(name, neededBy: "a virtual machine");
        return _order;
    }

    private void Visit(string name, string neededBy)
    {
        if (isBuiltIn(name))
            return;
        Visit(find(name) ?? throw new InvalidDataException($"the kernel has no module '{name}', which {neededBy} needs"));
    }

    private void Visit(Module module)
    {
        if (!_visited.Add(module.Name))
            return;
        foreach (var name in module.Information.SoftDepends.Where(n => !isBuiltIn(n)))
        {
            // As modprobe does: one that does not exist is passed over.
            if (find(name) is { } soft)
                Visit(soft);
        }
        foreach (var name in module.Information.Depends)
            Visit(name, module.Name);
        _order.Add(module);
    }
}

/// <summary>A module of a kernel.</summary>
/// <param name="Name">With underscores.</param>
/// <param name="Path">The uncompressed file.</param>
/// <param name="Information">What it says of itself.</param>
internal sealed record Module(string Name, string Path, ModuleInformation Information);
