using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>Features in memory, with the events of real ones.</summary>
internal sealed class SimulatedFeatures(SimulatedQube qube, SimulatedQubes world) : IFeatures
{
    private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => values.Keys;

    public IEnumerable<string> Values => values.Values;

    public int Count => values.Count;

    public string this[string key] => values[key];

    public void Set(string name, string value)
    {
        var old = values.GetValueOrDefault(name);
        world.Events.Fire(new FeatureSetting(qube, name, value, old));
        values[name] = value;
        world.Events.Fire(new FeatureSet(qube, name, value, old));
    }

    public void Remove(string name)
    {
        world.Events.Fire(new FeatureDeleting(qube, name));
        if (!values.Remove(name))
            throw new FeatureNotFoundException($"'{qube.Name}' has no feature '{name}'");
        world.Events.Fire(new FeatureDeleted(qube, name));
    }

    public string? CheckWithTemplate(string name) => FirstOf(name, q => q.Template);

    public string? CheckWithNetvm(string name) => FirstOf(name, q => q.Properties.Get(QubeProperties.Netvm));

    public string? CheckWithTemplateAndAdminVm(string name) => CheckWithTemplate(name) ?? OfHost(name);

    public string? CheckWithAdminVm(string name) => values.GetValueOrDefault(name) ?? OfHost(name);

    public bool ContainsKey(string key) => values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => values.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string? OfHost(string name) => world.AdminVm.Features.GetValueOrDefault(name);

    private string? FirstOf(string name, Func<IQube, IQube?> next)
    {
        for (IQube? at = qube; at is not null; at = next(at))
        {
            if (at.Features.TryGetValue(name, out var value))
                return value;
        }
        return null;
    }
}
