using System.Text.RegularExpressions;
using Qubes.Kernel.Domains.Labels;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>
/// A document turned into what the store would hold, but for properties, which need the domain model: names, numbers and
/// identifiers are sound and unique, and every volume has its pool and its source.
/// </summary>
internal sealed partial class Draft
{
    private Draft(List<StoredLabel> labels, List<StoredPool> pools, List<DraftQube> qubes, List<StoredVolume> volumes)
    {
        (Labels, Pools, Qubes) = (labels, pools, qubes);
        Volumes = volumes.ToLookup(v => v.Qid);
    }

    public IReadOnlyList<StoredLabel> Labels { get; }

    public IReadOnlyList<StoredPool> Pools { get; }

    public IReadOnlyList<DraftQube> Qubes { get; }

    public ILookup<int, StoredVolume> Volumes { get; }

    /// <exception cref="QubesException">Something cannot be kept without harm.</exception>
    public static Draft Of(Document document, QubesPaths paths, List<string> warnings)
    {
        var qubes = document.Qubes.Select(DraftQube.Of).ToList();
        if (qubes.TrueForAll(q => q.Class != QubeClass.AdminVM))
            qubes.Insert(0, DraftQube.Of(new DocumentQube("domain-0", nameof(QubeClass.AdminVM))));
        RequireUnique(qubes, q => q.Name, "the name");
        RequireUnique(qubes, q => q.Row.Qid, "the qid");
        RequireUnique(qubes, q => q.Row.Uuid, "the uuid");
        RequireUnique(qubes.Where(q => q.Dispid is not null), q => q.Dispid, "the dispid");
        foreach (var qube in qubes)
            RequireWords(qube);
        var pools = document.Pools.Select(p => DraftPools.Checked(p, paths)).ToList();
        var volumes = new DraftVolumes(document, qubes, pools, warnings).All();
        return new(LabelsOf(document, warnings), pools, qubes, volumes);
    }

    private static void RequireUnique<T>(IEnumerable<DraftQube> qubes, Func<DraftQube, T> key, string what)
    {
        foreach (var same in qubes.GroupBy(key).Where(g => g.Skip(1).Any()))
            throw new QubesException(
                $"It is refused: {string.Join(" and ", same.Take(2).Select(q => $"'{q.Name}'"))} have {what} {same.Key} both");
    }

    // Lists of them are sent a line each, so a line break in one would be another one.
    private static void RequireWords(DraftQube qube)
    {
        foreach (var feature in qube.Source.Features)
        {
            if (!Word().IsMatch(feature.Name))
                throw new QubesException(
                    $"It is refused: '{qube.Name}' has a feature '{Node.Shown(feature.Name)}'; names are 1 to 255 letters, digits and punctuation");
        }
        foreach (var tag in qube.Source.Tags)
        {
            if (!Tag().IsMatch(tag))
                throw new QubesException(
                    $"It is refused: '{qube.Name}' has a tag '{Node.Shown(tag)}'; 1 to 255 letters, digits, '_', '-' and '.' are accepted");
        }
    }

    private static List<StoredLabel> LabelsOf(Document document, List<string> warnings)
    {
        var labels = BuiltInLabels.All.Select(l => new StoredLabel(l.Index, l.Name, l.Color)).ToList();
        foreach (var label in document.Labels)
        {
            if (!LabelName().IsMatch(label.Name) || label.Name.All(char.IsAsciiDigit) || !Color().IsMatch(label.Color))
                throw new QubesException(
                    $"It is refused: label '{Node.Shown(label.Name)}' of colour '{Node.Shown(label.Color)}': letters, digits, '-', '_' and '.'"
                    + " and 0xrrggbb are accepted");
            var builtIn = labels.Find(l => l.Index == label.Index);
            if (builtIn is null)
                labels.Add(label with { Color = label.Color.ToLowerInvariant() });
            else if (builtIn.Name != label.Name)
                throw new QubesException($"It is refused: label {label.Index} is '{Node.Shown(label.Name)}', and here '{builtIn.Name}'");
            else if (!string.Equals(builtIn.Color, label.Color, StringComparison.OrdinalIgnoreCase))
                warnings.Add($"label '{label.Name}': the colour {label.Color} is not taken over: built-in labels keep theirs, here {builtIn.Color}");
        }
        return [.. labels.OrderBy(l => l.Index)];
    }

    [GeneratedRegex(@"\A[\x21-\x7e]{1,255}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,255}\z")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,255}\z")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\A0x[0-9A-Fa-f]{6}\z")]
    private static partial Regex Color();
}
