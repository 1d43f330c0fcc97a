using Qubes.Kernel.Store;

namespace Qubes.Kernel.Tests.Store;

/// <summary>The same contract on plain collections: what the store must equal.</summary>
internal sealed class MemoryState : IStateWriter
{
    private readonly SortedDictionary<int, StoredQube> qubes = [];
    private readonly Dictionary<int, SortedDictionary<string, string?>> properties = [];
    private readonly Dictionary<int, OrderedDictionary<string, string>> features = [];
    private readonly Dictionary<int, SortedSet<string>> tags = [];
    private readonly Dictionary<int, Dictionary<string, StoredVolume>> volumes = [];
    private readonly Dictionary<int, SortedDictionary<string, string>> documents = [];
    private readonly SortedDictionary<string, string?> system = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, StoredPool> pools = [];
    private readonly SortedDictionary<int, StoredLabel> labels = [];
    private readonly SortedDictionary<string, string> settings = new(StringComparer.Ordinal);

    public StoredState State => new()
    {
        Qubes = [.. qubes.Values],
        Properties = Flat(properties, all => all.Select(p => new StoredProperty(p.Key, p.Value))),
        Features = Flat(features, all => all.Select(f => new StoredFeature(f.Key, f.Value))),
        Tags = Flat(tags, all => all),
        Volumes = volumes.SelectMany(q => q.Value.Values).OrderBy(v => v.Position).ThenBy(v => v.Name, StringComparer.Ordinal)
            .ToLookup(v => v.Qid),
        Documents = Flat(documents, all => all),
        SystemProperties = system,
        Pools = [.. pools.Values],
        Labels = [.. labels.Values],
        Settings = settings,
    };

    public bool Has(int qid) => qubes.ContainsKey(qid);

    public void PutQube(StoredQube qube)
    {
        qubes[qube.Qid] = qube;
        properties.TryAdd(qube.Qid, new(StringComparer.Ordinal));
        features.TryAdd(qube.Qid, []);
        tags.TryAdd(qube.Qid, new(StringComparer.Ordinal));
        volumes.TryAdd(qube.Qid, []);
        documents.TryAdd(qube.Qid, new(StringComparer.Ordinal));
    }

    public void DeleteQube(int qid)
    {
        qubes.Remove(qid);
        properties.Remove(qid);
        features.Remove(qid);
        tags.Remove(qid);
        volumes.Remove(qid);
        documents.Remove(qid);
    }

    public void PutProperty(int qid, string name, string? value) => properties[qid][name] = value;

    public void DeleteProperty(int qid, string name) => properties.GetValueOrDefault(qid)?.Remove(name);

    public void PutFeature(int qid, string name, string value) => features[qid][name] = value;

    public void DeleteFeature(int qid, string name) => features.GetValueOrDefault(qid)?.Remove(name);

    public void PutTag(int qid, string tag) => tags[qid].Add(tag);

    public void DeleteTag(int qid, string tag) => tags.GetValueOrDefault(qid)?.Remove(tag);

    public void PutVolume(StoredVolume volume) => volumes[volume.Qid][volume.Name] = volume;

    public void DeleteVolume(int qid, string name) => volumes.GetValueOrDefault(qid)?.Remove(name);

    public void PutDocument(int qid, string kind, string content) => documents[qid][kind] = content;

    public void DeleteDocument(int qid, string kind) => documents.GetValueOrDefault(qid)?.Remove(kind);

    public void PutSystemProperty(string name, string? value) => system[name] = value;

    public void DeleteSystemProperty(string name) => system.Remove(name);

    public void PutPool(StoredPool pool) => pools[pool.Name] = pool;

    public void DeletePool(string name) => pools.Remove(name);

    public void PutLabel(StoredLabel label) => labels[label.Index] = label;

    public void DeleteLabel(int index) => labels.Remove(index);

    public void PutSetting(string key, string value) => settings[key] = value;

    private static ILookup<int, TOut> Flat<TPart, TOut>(Dictionary<int, TPart> parts, Func<TPart, IEnumerable<TOut>> items) =>
        parts.SelectMany(q => items(q.Value).Select(item => (q.Key, Item: item))).ToLookup(row => row.Key, row => row.Item);
}
