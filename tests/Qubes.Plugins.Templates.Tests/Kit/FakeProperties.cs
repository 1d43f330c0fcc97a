using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>Properties without declarations: what was set, and nothing else.</summary>
internal sealed class FakeProperties : IProperties
{
    private readonly Dictionary<string, object?> _values = [];

    public IReadOnlyDictionary<string, object?> Explicit => _values;

    public IReadOnlyList<PropertyInfo> Declared => throw new NotSupportedException();

    public T? Get<T>(PropertyKey<T> key) => _values.TryGetValue(key.Name, out var value) ? (T?)value : default;

    public bool IsDefault(string name) => !_values.ContainsKey(name);

    public void Set<T>(PropertyKey<T> key, T? value) => _values[key.Name] = value;

    public void Reset(string name) => _values.Remove(name);

    public PropertyInfo Find(string name) => throw new NotSupportedException();

    public PropertyText Read(string name) => throw new NotSupportedException();

    public PropertyText? ReadDefault(string name) => throw new NotSupportedException();

    public void Write(string name, string text) => throw new NotSupportedException();
}
