using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains.Properties;

/// <summary>The explicit values of one owner's properties, and everything that is done with them.</summary>
/// <param name="owner">The qube or the system.</param>
/// <param name="ownerName">How messages call it.</param>
/// <param name="subject">The subject of its events: the qube, or null for the system.</param>
/// <param name="table">What is declared.</param>
/// <param name="qubes">Where names are looked up.</param>
/// <param name="store">Keeps explicit values; called with the text, or null for an explicit none.</param>
internal sealed class PropertyBag<TOwner>(
    TOwner owner, string ownerName, IQube? subject, PropertyTable<TOwner> table, QubeRegistry qubes, IEventBus events,
    IPropertyStore store) : IProperties
{
    private readonly Dictionary<string, object?> values = new(StringComparer.Ordinal);

    public IReadOnlyList<PropertyInfo> Declared => table.Infos;

    /// <summary>Explicit values; for dependency checks and cloning.</summary>
    public IReadOnlyDictionary<string, object?> Explicit => values;

    public T? Get<T>(PropertyKey<T> key) => (T?)ValueOf(Declaration(key.Name));

    public bool IsDefault(string name) => IsDefault(Declaration(name));

    public PropertyInfo Find(string name) => Declaration(name).Info;

    public Sdk.Domains.PropertyText Read(string name)
    {
        var declaration = Declaration(name);
        return new(declaration.Type, PropertyValues.Format(ValueOf(declaration)), IsDefault(declaration));
    }

    public Sdk.Domains.PropertyText? ReadDefault(string name)
    {
        var declaration = Declaration(name);
        return declaration.HasDefault && declaration.Setting != SetRule.Identity
            ? new(declaration.Type, PropertyValues.Format(declaration.DefaultFor(owner)), IsDefault: true)
            : null;
    }

    public void Set<T>(PropertyKey<T> key, T? value) => Assign(Declaration(key.Name), value);

    public void Write(string name, string text)
    {
        var declaration = Declaration(name);
        RequireSettable(declaration);
        Assign(declaration, PropertyValues.Parse(name, declaration.Type, text, qubes));
    }

    public void Reset(string name)
    {
        var declaration = Declaration(name);
        if (declaration.Setting == SetRule.Identity)
            throw new PropertyValueException($"Property '{name}' of {ownerName} is fixed when the qube is created");
        declaration.AcceptReset(owner);
        if (declaration is { Setting: SetRule.Free, HasDefault: false })
            throw new InvalidValueException($"Property '{name}' of {ownerName} has no default to go back to; set it instead");
        var old = ValueOf(declaration);
        events.Fire(new PropertyResetting(subject, name, old));
        events.Fire(new PropertyDeleting(subject, name, old));
        if (values.Remove(name))
            store.Delete(name);
        events.Fire(new PropertyReset(subject, name) { OldValue = old, IsExplicit = true });
        events.Fire(new PropertyDeleted(subject, name, old));
    }

    /// <summary>Puts a value in place as it is, without checks or events: loading, cloning, creation.</summary>
    public void Restore(string name, object? value, bool alreadyStored)
    {
        values[Declaration(name).Name] = value;
        if (!alreadyStored)
            Keep(name, value);
    }

    public bool Declares(string name) => table.Find(name) is not null;

    public IEnumerable<PropertyDeclaration<TOwner>> Declarations => table.InOrder;

    private void Assign(PropertyDeclaration<TOwner> declaration, object? value)
    {
        RequireSettable(declaration);
        var accepted = declaration.Accept(owner, value);
        var old = ValueOf(declaration);
        events.Fire(new PropertySetting(subject, declaration.Name, accepted, old));
        values[declaration.Name] = accepted;
        Keep(declaration.Name, accepted);
        events.Fire(new PropertySet(subject, declaration.Name, accepted, old));
    }

    private void Keep(string name, object? value) => store.Put(name, value is null ? null : PropertyValues.Format(value));

    private void RequireSettable(PropertyDeclaration<TOwner> declaration)
    {
        if (declaration.Setting != SetRule.Free)
            throw new PropertyValueException($"Property '{declaration.Name}' of {ownerName} cannot be set");
    }

    private object? ValueOf(PropertyDeclaration<TOwner> declaration) =>
        values.TryGetValue(declaration.Name, out var value) ? value : declaration.DefaultFor(owner);

    private bool IsDefault(PropertyDeclaration<TOwner> declaration) =>
        declaration.Setting != SetRule.Identity && !values.ContainsKey(declaration.Name);

    private PropertyDeclaration<TOwner> Declaration(string name) =>
        table.Find(name) ?? throw new NoSuchPropertyException($"Invalid property '{name}' of {ownerName}");
}
