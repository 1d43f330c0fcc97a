using System.Collections.Frozen;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>The declarations of one class of qube, or of the system, in wire order.</summary>
internal sealed class PropertyTable<TOwner>
{
    private readonly FrozenDictionary<string, PropertyDeclaration<TOwner>> byName;

    public PropertyTable(IEnumerable<PropertyDeclaration<TOwner>> declarations)
    {
        InOrder = [.. declarations.OrderBy(d => d.Stage).ThenBy(d => d.Name, StringComparer.Ordinal)];
        byName = InOrder.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<PropertyDeclaration<TOwner>> InOrder { get; }

    public PropertyDeclaration<TOwner>? Find(string name) => byName.GetValueOrDefault(name);
}
