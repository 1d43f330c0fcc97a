using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>
/// Properties in memory. Unlike the daemon's they know no declarations: any name may be set, what was not set is the type's own default,
/// and only numbers, truth values and texts can be written as text.
/// </summary>
internal sealed class SimulatedProperties(SimulatedQube? owner, SimulatedQubes world) : IProperties
{
    private readonly SortedDictionary<string, object?> values = new(StringComparer.Ordinal);

    public IReadOnlyList<PropertyInfo> Declared => [.. values.Keys.Select(Find)];

    public T? Get<T>(PropertyKey<T> key) => values.GetValueOrDefault(key.Name) switch
    {
        T value => value,
        null => default,
        _ => throw new NoSuchPropertyException($"'{key.Name}' was set to a value that is no {typeof(T).Name}"),
    };

    public bool IsDefault(string name) => !values.ContainsKey(name);

    public void Set<T>(PropertyKey<T> key, T? value) => Store(key.Name, value);

    public void Reset(string name)
    {
        var old = values.GetValueOrDefault(name);
        world.Events.Fire(new PropertyResetting(owner, name, old));
        world.Events.Fire(new PropertyDeleting(owner, name, old));
        values.Remove(name);
        world.Events.Fire(new PropertyReset(owner, name) { IsExplicit = true, OldValue = old });
        world.Events.Fire(new PropertyDeleted(owner, name, old));
    }

    public PropertyInfo Find(string name) => values.ContainsKey(name)
        ? new(name, Read(name).Type, IsReadOnly: false, IsCloned: true, Help: "")
        : throw new NoSuchPropertyException($"nobody has set '{name}' in this test");

    public PropertyText Read(string name) => values.TryGetValue(name, out var value)
        ? new(TypeOf(value), TextOf(value), IsDefault: false)
        : throw new NoSuchPropertyException($"nobody has set '{name}' in this test");

    public PropertyText? ReadDefault(string name) => null;

    public void Write(string name, string text) => Store(name, values.GetValueOrDefault(name) switch
    {
        bool when bool.TryParse(text, out var value) => value,
        int when int.TryParse(text, out var value) => value,
        string or null => text,
        var old => throw new InvalidValueException($"'{text}' cannot be written to '{name}', which is {TypeOf(old)}"),
    });

    private void Store(string name, object? value)
    {
        var old = values.GetValueOrDefault(name);
        world.Events.Fire(new PropertySetting(owner, name, value, old));
        values[name] = value;
        world.Events.Fire(new PropertySet(owner, name, value, old));
    }

    private static PropertyType TypeOf(object? value) => value switch
    {
        bool => PropertyType.Flag,
        int => PropertyType.Number,
        Label => PropertyType.Label,
        IQube => PropertyType.Qube,
        _ => PropertyType.Text,
    };

    private static string TextOf(object? value) => value switch
    {
        null => "",
        IQube qube => qube.Name,
        _ => value.ToString() ?? "",
    };
}
