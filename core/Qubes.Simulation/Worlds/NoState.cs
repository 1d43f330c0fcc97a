using Qubes.Kernel.Store;

namespace Qubes.Simulation.Worlds;

/// <summary>What a simulation keeps: nothing.</summary>
internal sealed class NoState : IStateWriter
{
    /// <summary>A new system's.</summary>
    public static StoredState Empty { get; } = new()
    {
        Qubes = [],
        Properties = Nothing<StoredProperty>(),
        Features = Nothing<StoredFeature>(),
        Tags = Nothing<string>(),
        Volumes = Nothing<StoredVolume>(),
        Documents = Nothing<KeyValuePair<string, string>>(),
        SystemProperties = new Dictionary<string, string?>(),
        Pools = [],
        Labels = [],
        Settings = new Dictionary<string, string>(),
    };

    public void PutQube(StoredQube qube) { }

    public void DeleteQube(int qid) { }

    public void PutProperty(int qid, string name, string? value) { }

    public void DeleteProperty(int qid, string name) { }

    public void PutFeature(int qid, string name, string value) { }

    public void DeleteFeature(int qid, string name) { }

    public void PutTag(int qid, string tag) { }

    public void DeleteTag(int qid, string tag) { }

    public void PutVolume(StoredVolume volume) { }

    public void DeleteVolume(int qid, string name) { }

    public void PutDocument(int qid, string kind, string content) { }

    public void DeleteDocument(int qid, string kind) { }

    public void PutSystemProperty(string name, string? value) { }

    public void DeleteSystemProperty(string name) { }

    public void PutPool(StoredPool pool) { }

    public void DeletePool(string name) { }

    public void PutLabel(StoredLabel label) { }

    public void DeleteLabel(int index) { }

    public void PutSetting(string key, string value) { }

    private static ILookup<int, T> Nothing<T>() => Array.Empty<T>().ToLookup(_ => 0);
}
