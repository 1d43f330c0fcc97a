using System.Collections.Concurrent;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>A qube's properties as they were.</summary>
internal sealed class CopiedProperties : IProperties
{
    private static readonly ConcurrentDictionary<(PropertyType Type, string Name), Func<IProperties, object?>> Readers = new();

    private readonly QubeCopy qube;
    private readonly Dictionary<string, (object? Value, bool IsDefault)> values = new(StringComparer.Ordinal);

    public CopiedProperties(QubeCopy qube, IProperties original, QubeCopies copies)
    {
        this.qube = qube;
        Declared = original.Declared;
        foreach (var property in Declared)
        {
            var value = Readers.GetOrAdd((property.Type, property.Name), ReaderOf)(original);
            values[property.Name] = (value is IQube other ? copies.Below(other, depth: 1) : value, original.IsDefault(property.Name));
        }
    }

    public IReadOnlyList<PropertyInfo> Declared { get; }

    public T? Get<T>(PropertyKey<T> key) => (T?)ValueOf(key.Name).Value;

    public bool IsDefault(string name) => ValueOf(name).IsDefault;

    public PropertyInfo Find(string name) => Declared.FirstOrDefault(p => p.Name == name) ?? throw Unknown(name);

    public PropertyText Read(string name) => new(Find(name).Type, Text(ValueOf(name).Value), IsDefault(name));

    public PropertyText? ReadDefault(string name) => IsDefault(name) ? Read(name) : null;

    public void Set<T>(PropertyKey<T> key, T? value) => Write(key.Name, Text(value));

    public void Write(string name, string text) => qube.Order($"setting the property {name}", q => q.Properties.Write(name, text));

    public void Reset(string name) => qube.Order($"resetting the property {name}", q => q.Properties.Reset(name));

    private (object? Value, bool IsDefault) ValueOf(string name) => values.TryGetValue(name, out var value) ? value : throw Unknown(name);

    private NoSuchPropertyException Unknown(string name) => new($"'{qube.Name}' has no property '{name}'");

    private static Func<IProperties, object?> ReaderOf((PropertyType Type, string Name) property)
    {
        var (text, number, flag, label, other) = (
            new PropertyKey<string>(property.Name), new PropertyKey<int?>(property.Name), new PropertyKey<bool?>(property.Name),
            new PropertyKey<Label>(property.Name), new PropertyKey<IQube>(property.Name));
        return property.Type switch
        {
            PropertyType.Text => p => p.Get(text),
            PropertyType.Number => p => p.Get(number),
            PropertyType.Flag => p => p.Get(flag),
            PropertyType.Label => p => p.Get(label),
            PropertyType.Qube => p => p.Get(other),
            _ => throw new ArgumentOutOfRangeException(nameof(property)),
        };
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "True" : "False",
        IQube other => other.Name,
        Label label => label.Name,
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
