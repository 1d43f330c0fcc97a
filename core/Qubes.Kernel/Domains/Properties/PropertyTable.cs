using System.Collections.Frozen;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>The declarations of one class of qube, or of the system, in wire order.</summary>
internal sealed class PropertyTable<TOwner>
{
    private readonly FrozenDictionary<string, PropertyDeclaration<TOwner>> byName;

    public PropertyTable(IEnumerable<PropertyDeclaration<TOwner>> declarations)
    {
        InOrder = [.. declarations.OrderBy(d => d.Stage).ThenBy(d => d.Name, StringComparer.Ordinal)];
        Infos = [.. InOrder.Select(d => d.Info)];
        byName = InOrder.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<PropertyDeclaration<TOwner>> InOrder { get; }

    /// <summary>The same as plugins see them; one list for all qubes of a class.</summary>
    public IReadOnlyList<PropertyInfo> Infos { get; }

    public PropertyDeclaration<TOwner>? Find(string name) => byName.GetValueOrDefault(name);
}
