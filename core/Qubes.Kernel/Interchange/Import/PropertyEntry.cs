using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>Enters one owner's properties into the domain model: first all of everybody, then they are checked.</summary>
/// <param name="owner">The qube or the system.</param>
/// <param name="shown">How messages call it.</param>
/// <param name="bag">Its properties.</param>
/// <param name="qubes">Where names are looked up.</param>
/// <param name="ids">Names by the id that references within the file use.</param>
/// <param name="warnings">Gets what cannot be held.</param>
internal sealed class PropertyEntry<TOwner>(
    TOwner owner, string shown, PropertyBag<TOwner> bag, QubeRegistry qubes, IReadOnlyDictionary<string, string> ids, List<string> warnings)
{
    // A host that has no such kernel yet may get it later; until then the qube does not start.
    private static readonly string[] OfTheHost = ["kernel", "default_kernel"];

    private readonly Dictionary<string, PropertyDeclaration<TOwner>> declared = bag.Declarations.ToDictionary(d => d.Name);

    /// <summary>Puts values in place that have the right form, without asking whether they fit each other.</summary>
    public void Enter(IEnumerable<DocumentProperty> properties)
    {
        foreach (var property in properties)
        {
            if (!declared.TryGetValue(property.Name, out var declaration))
                warnings.Add($"{shown}: property '{Node.Shown(property.Name)}' is not known here and left out: '{Node.Shown(property.Value ?? "")}'");
            else if (declaration.Setting == SetRule.Free)
                bag.Restore(property.Name, Refusing(() => Parsed(property, declaration.Type)), alreadyStored: true);
            else if (declaration.Setting == SetRule.Computed && PropertyValues.Format(declaration.DefaultFor(owner)) != property.Value)
                warnings.Add($"{shown}: property '{property.Name}' is computed here, and the value is left out: '{Node.Shown(property.Value ?? "")}'");
        }
    }

    /// <summary>Asks one declaration whether the value, or its absence, is acceptable.</summary>
    public void Check(string name)
    {
        if (!bag.Explicit.TryGetValue(name, out var value))
        {
            if (declared[name] is { HasDefault: false, Setting: SetRule.Free })
                throw new QubesException($"It is refused: {shown} has no property '{name}', which has no default");
            return;
        }
        if (OfTheHost.Contains(name) && value is string kernel && !kernel.Contains('/') && kernel is not ("." or ".."))
            WarnUnlessAccepted(name, value);
        else
            bag.Restore(name, Refusing(() => declared[name].Accept(owner, value)), alreadyStored: true);
    }

    /// <summary>Asks all of them.</summary>
    public void CheckAll()
    {
        foreach (var name in declared.Keys)
            Check(name);
    }

    private object? Parsed(DocumentProperty property, PropertyType type) => (property.Value, type) switch
    {
        (null, _) or ("", PropertyType.Number) => null,
        ({ } id, PropertyType.Qube) when property.IsReference =>
            PropertyValues.Parse(property.Name, type, ids.GetValueOrDefault(id, id), qubes),
        ({ } text, _) => PropertyValues.Parse(property.Name, type, text, qubes),
    };

    private void WarnUnlessAccepted(string name, object value)
    {
        try
        {
            declared[name].Accept(owner, value);
        }
        catch (PropertyValueException e)
        {
            warnings.Add($"{shown}: {e.Message}; the value is kept");
        }
    }

    private T Refusing<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (QubesException e)
        {
            throw new QubesException($"It is refused: {shown}: {e.Message}", e);
        }
    }
}
