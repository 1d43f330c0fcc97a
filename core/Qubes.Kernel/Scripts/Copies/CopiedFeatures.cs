using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>A qube's features as they were.</summary>
internal sealed class CopiedFeatures(
    QubeCopy qube, Dictionary<string, string> features, IReadOnlyDictionary<string, string> ofHost) : IFeatures
{
    public int Count => features.Count;

    public IEnumerable<string> Keys => features.Keys;

    public IEnumerable<string> Values => features.Values;

    public string this[string key] => features[key];

    public bool ContainsKey(string key) => features.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => features.TryGetValue(key, out value);

    public void Set(string name, string value) => qube.Order($"setting the feature {name}", q => q.Features.Set(name, value));

    public void Remove(string name) => qube.Order($"removing the feature {name}", q => q.Features.Remove(name));

    public string? CheckWithTemplate(string name) => Along(qube, name, q => q.Template);

    public string? CheckWithNetvm(string name) => Along(qube, name, q => (q as QubeCopy)?.Netvm);

    public string? CheckWithTemplateAndAdminVm(string name) => CheckWithTemplate(name) ?? ofHost.GetValueOrDefault(name);

    public string? CheckWithAdminVm(string name) => features.GetValueOrDefault(name) ?? ofHost.GetValueOrDefault(name);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string? Along(IQube? from, string name, Func<IQube, IQube?> next)
    {
        for (var at = from; at is not null; at = next(at))
        {
            if (at.Features.TryGetValue(name, out var value))
                return value;
        }
        return null;
    }
}
