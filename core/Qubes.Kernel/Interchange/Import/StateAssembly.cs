using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>Puts a draft and the checked properties together to a state, and that into the store.</summary>
internal static class StateAssembly
{
    /// <summary>Without what needs the domain model: properties and texts.</summary>
    public static StoredState Of(Draft draft, IReadOnlyDictionary<string, string> settings) =>
        Assemble(draft, settings, new Dictionary<DraftQube, Qube>(), []);

    /// <summary>With the properties that the domain model has now, and with the texts.</summary>
    public static StoredState Of(
        Draft draft, IReadOnlyDictionary<string, string> settings, Dictionary<DraftQube, Qube> qubes, PropertyBag<QubeRegistry> system) =>
        Assemble(draft, settings, qubes, system.Explicit.ToDictionary(p => p.Key, p => Text(p.Value)));

    /// <summary>Writes a state in place of the one that is there.</summary>
    public static void Replace(StoredState before, StoredState after, IStateWriter writer)
    {
        foreach (var qube in before.Qubes)
            writer.DeleteQube(qube.Qid);
        foreach (var property in before.SystemProperties.Keys)
            writer.DeleteSystemProperty(property);
        foreach (var pool in before.Pools)
            writer.DeletePool(pool.Name);
        foreach (var label in before.Labels)
            writer.DeleteLabel(label.Index);
        foreach (var label in after.Labels)
            writer.PutLabel(label);
        foreach (var pool in after.Pools)
            writer.PutPool(pool);
        foreach (var (name, value) in after.SystemProperties)
            writer.PutSystemProperty(name, value);
        foreach (var qube in after.Qubes)
            Put(qube, after, writer);
    }

    private static void Put(StoredQube qube, StoredState state, IStateWriter writer)
    {
        writer.PutQube(qube);
        foreach (var property in state.Properties[qube.Qid])
            writer.PutProperty(qube.Qid, property.Name, property.Value);
        foreach (var feature in state.Features[qube.Qid])
            writer.PutFeature(qube.Qid, feature.Name, feature.Value);
        foreach (var tag in state.Tags[qube.Qid])
            writer.PutTag(qube.Qid, tag);
        foreach (var volume in state.Volumes[qube.Qid])
            writer.PutVolume(volume);
        foreach (var (kind, content) in state.Documents[qube.Qid])
            writer.PutDocument(qube.Qid, kind, content);
    }

    private static StoredState Assemble(
        Draft draft, IReadOnlyDictionary<string, string> settings, Dictionary<DraftQube, Qube> qubes,
        Dictionary<string, string?> system) => new()
        {
            Qubes = [.. draft.Qubes.Select(q => q.Row).OrderBy(q => q.Qid)],
            Properties = ByQid(draft, q => Properties(q, qubes.GetValueOrDefault(q))),
            Features = ByQid(draft, q => q.Source.Features),
            Tags = ByQid(draft, q => q.Source.Tags),
            Volumes = draft.Volumes,
            Documents = ByQid(draft, q => qubes.ContainsKey(q) ? q.Source.Texts.Where(t => QubeDocuments.IsKnown(t.Key)) : []),
            SystemProperties = system,
            Pools = draft.Pools,
            Labels = draft.Labels,
            Settings = settings,
        };

    // A disposable's number is kept like a property, though the domain model has it with the name and the qid.
    private static IEnumerable<StoredProperty> Properties(DraftQube draft, Qube? qube)
    {
        var own = qube?.Properties.Explicit.Select(p => new StoredProperty(p.Key, Text(p.Value))) ?? [];
        return draft.Dispid is { } number ? own.Append(new(QubeProperties.Dispid.Name, Text(number))) : own;
    }

    private static string? Text(object? value) => value is null ? null : PropertyValues.Format(value);

    private static ILookup<int, T> ByQid<T>(Draft draft, Func<DraftQube, IEnumerable<T>> items) => draft.Qubes
        .SelectMany(q => items(q).Select(item => (q.Row.Qid, Item: item)))
        .ToLookup(row => row.Qid, row => row.Item);
}
