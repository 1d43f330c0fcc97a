using System.Globalization;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Store;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Interchange.Export;

/// <summary>Makes the document of a state.</summary>
/// <param name="state">The state.</param>
/// <param name="paths">Where it is from.</param>
/// <param name="filters">Decide what is left out.</param>
internal sealed class Exporter(StoredState state, QubesPaths paths, IReadOnlyList<IBackupFilter> filters)
{
    private readonly Selection selection = new(state, filters);

    private readonly Dictionary<(int Qid, string Name), StoredVolume> volumes =
        state.Volumes.SelectMany(v => v).ToDictionary(v => (v.Qid, v.Name));

    /// <exception cref="QubesException">The state holds what this program never writes.</exception>
    public Document Export() => new()
    {
        Labels = state.Labels,
        Pools = [.. state.Pools.Select(p => StateFolder.Left(p, paths))],
        Properties = [.. state.SystemProperties.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => Of(SystemDeclarations.Table.Find(p.Key)?.Type, p.Key, p.Value))],
        Qubes = [.. state.Qubes.Where(selection.Takes).Select(Of)],
        HasTexts = true,
    };

    private DocumentQube Of(StoredQube qube)
    {
        var @class = Enum.Parse<QubeClass>(qube.Class);
        var table = QubeDeclarations.For(@class);
        return new DocumentQube($"domain-{qube.Qid.ToString(CultureInfo.InvariantCulture)}", qube.Class)
        {
            Properties = [.. Identity(qube, @class)
                .Concat(state.Properties[qube.Qid].Select(p => Of(table.Find(p.Name)?.Type, p.Name, p.Value)))
                .OrderBy(p => p.Name, StringComparer.Ordinal)],
            Features = [.. state.Features[qube.Qid].Where(f => selection.Takes(qube, f))],
            Tags = [.. state.Tags[qube.Qid]],
            Volumes = [.. state.Volumes[qube.Qid].Select(Of)],
            Texts = [.. state.Documents[qube.Qid]],
        };
    }

    // The host's own is the same everywhere, and the reference refuses to be told.
    private static IEnumerable<DocumentProperty> Identity(StoredQube qube, QubeClass @class) => @class == QubeClass.AdminVM
        ? []
        :
        [
            new("name", qube.Name), new("qid", qube.Qid.ToString(CultureInfo.InvariantCulture)), new("uuid", qube.Uuid.ToString("D")),
        ];

    // Only a text tells "none" and "empty" apart; the reference reads an empty element as none.
    private DocumentProperty Of(PropertyType? type, string name, string? value) => (type, value) switch
    {
        (PropertyType.Text, null) => new(name, null),
        (_, null) => new(name, ""),
        (PropertyType.Label, { } label) => new(name, LabelId(label), IsReference: true),
        (_, { } text) => new(name, text),
    };

    private string LabelId(string name) => state.Labels.FirstOrDefault(l => l.Name == name) is { } label
        ? Names.LabelPrefix + label.Index.ToString(CultureInfo.InvariantCulture)
        : throw new QubesException($"The state names a label '{name}' that does not exist");

    private DocumentVolume Of(StoredVolume volume) => new(volume.Name)
    {
        Pool = volume.Pool,
        Vid = volume.Vid,
        Size = volume.Size,
        Writable = volume.Writable,
        SnapOnStart = volume.SnapOnStart,
        SaveOnStop = volume.SaveOnStop,
        Source = volume.SourceQid is { } owner ? volumes[(owner, volume.SourceVolume!)].Vid : null,
        RevisionsToKeep = volume.RevisionsToKeep,
        Ephemeral = volume.Ephemeral,
    };
}
