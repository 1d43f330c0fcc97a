using System.Globalization;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal sealed class TestProperties : IProperties
{
    private readonly List<PropertyInfo> declared = [];
    private readonly Dictionary<string, string> defaults = [];
    private readonly Dictionary<string, string> values = [];

    public Dictionary<string, object?> Objects { get; } = [];

    public IReadOnlyList<PropertyInfo> Declared => declared;

    public TestProperties Declare(string name, PropertyType type, string? fallback)
    {
        declared.Add(new(name, type, IsReadOnly: false, IsCloned: true, $"What {name} means."));
        if (fallback is not null)
            defaults[name] = fallback;
        return this;
    }

    public PropertyInfo Find(string name) => declared.FirstOrDefault(p => p.Name == name)
        ?? throw new NoSuchPropertyException($"Invalid property '{name}'");

    public bool IsDefault(string name) => !values.ContainsKey(Find(name).Name);

    public PropertyText Read(string name) => new(
        Find(name).Type, values.GetValueOrDefault(name) ?? defaults.GetValueOrDefault(name) ?? "", IsDefault(name));

    public PropertyText? ReadDefault(string name) =>
        defaults.TryGetValue(Find(name).Name, out string? text) ? new(Find(name).Type, text, IsDefault: true) : null;

    public void Write(string name, string text)
    {
        if (Find(name).Type == PropertyType.Number && !int.TryParse(text, CultureInfo.InvariantCulture, out _))
            throw new InvalidValueException($"'{text}' is not a number");
        values[name] = text;
    }

    public void Reset(string name) => values.Remove(Find(name).Name);

    public T? Get<T>(PropertyKey<T> key) => Objects.TryGetValue(key.Name, out object? value)
        ? (T?)value
        : (T?)Convert.ChangeType(Read(key.Name).Text, typeof(T), CultureInfo.InvariantCulture);

    public void Set<T>(PropertyKey<T> key, T? value) => throw new NotSupportedException();
}
