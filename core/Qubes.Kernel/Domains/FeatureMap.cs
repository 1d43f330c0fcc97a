using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains;

/// <summary>A qube's features, in the order in which they were first set.</summary>
internal sealed class FeatureMap(Qube qube, IEventBus events, IStateWriter state) : IFeatures
{
    private readonly OrderedDictionary<string, string> values = new(StringComparer.Ordinal);

    public string this[string key] => values[key];

    public IEnumerable<string> Keys => values.Keys;

    public IEnumerable<string> Values => values.Values;

    public int Count => values.Count;

    public void Set(string name, string value)
    {
        if (name.Length == 0)
            throw new InvalidValueException("A feature needs a name of letters, digits, '_', '.' or '-'");
        var old = values.GetValueOrDefault(name);
        events.Fire(new FeatureSetting(qube, name, value, old));
        Restore(name, value);
        state.PutFeature(qube.Qid, name, value);
        events.Fire(new FeatureSet(qube, name, value, old));
    }

    public void Remove(string name)
    {
        events.Fire(new FeatureDeleting(qube, name));
        if (!values.Remove(name))
            throw new FeatureNotFoundException($"Feature not set for domain {qube.Name}: {name}");
        state.DeleteFeature(qube.Qid, name);
        events.Fire(new FeatureDeleted(qube, name));
    }

    public string? CheckWithTemplate(string name)
    {
        for (IQube? at = qube; at is not null; at = at.Template)
        {
            if (at.Features.TryGetValue(name, out var value))
                return value;
        }
        return null;
    }

    public string? CheckWithNetvm(string name)
    {
        for (IQube? at = qube; at is not null; at = at is Qube { HasNetvm: true } ? at.Properties.Get(QubeProperties.Netvm) : null)
        {
            if (at.Features.TryGetValue(name, out var value))
                return value;
        }
        return null;
    }

    public string? CheckWithAdminVm(string name) =>
        values.TryGetValue(name, out var own) ? own : qube.Qubes.AdminVm.Features.GetValueOrDefault(name);

    public string? CheckWithTemplateAndAdminVm(string name) => CheckWithTemplate(name) ?? CheckWithAdminVm(name);

    /// <summary>Puts a stored value in place, without events.</summary>
    public void Restore(string name, string value) => values[name] = value;

    public bool ContainsKey(string key) => values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => values.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
