using System.Text.RegularExpressions;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>Gives every volume its pool, its identifier and, to a snapshot, its source.</summary>
internal sealed partial class DraftVolumes(Document document, List<DraftQube> qubes, List<StoredPool> pools, List<string> warnings)
{
    private readonly Dictionary<(string Pool, string Vid), StoredVolume> byVid = [];
    private readonly Dictionary<(string Qube, string Volume), StoredVolume> byName = [];

    /// <exception cref="QubesException">A volume has no pool, no source, or another's identifier.</exception>
    public List<StoredVolume> All()
    {
        var volumes = new List<StoredVolume>();
        // Sources stand before what is a snapshot of them, in whatever order the file has them.
        var said = qubes.SelectMany(q => Of(q).Select((volume, position) => (Qube: q, Volume: volume, Position: position))).ToList();
        foreach (var (qube, volume, position) in said.OrderBy(v => v.Volume.SnapOnStart == true))
        {
            var stored = Stored(qube, volume, position);
            // Qubes share kernels, and nothing else.
            var other = byVid.GetValueOrDefault((stored.Pool, stored.Vid));
            if (other is not null && (other.Name != VolumeDefaults.Kernel || stored.Name != VolumeDefaults.Kernel))
                throw Refused(qube, volume, $"its vid '{Node.Shown(stored.Vid)}' is that of another volume in pool '{stored.Pool}'");
            byVid[(stored.Pool, stored.Vid)] = stored;
            byName[(qube.Name, volume.Name)] = stored;
            volumes.Add(stored);
        }
        return [.. volumes.OrderBy(v => v.Qid).ThenBy(v => v.Position)];
    }

    private IEnumerable<DocumentVolume> Of(DraftQube qube)
    {
        var defaults = VolumeDefaults.Of(qube);
        if (defaults.Count == 0)
        {
            foreach (var volume in qube.Source.Volumes)
                warnings.Add($"'{qube.Name}': volume '{Node.Shown(volume.Name)}' is left out: a {qube.Class} has none here");
            return [];
        }
        var missing = defaults.Where(d => !qube.Source.Volumes.Any(v => v.Name == d.Name)).ToList();
        foreach (var volume in missing)
            warnings.Add($"'{qube.Name}': volume '{volume.Name}' is not in the file; it is configured as a new qube's");
        return qube.Source.Volumes.Select(v => VolumeDefaults.Completed(v, defaults)).Concat(missing);
    }

    private StoredVolume Stored(DraftQube qube, DocumentVolume volume, int position)
    {
        var isKernel = volume.Name == VolumeDefaults.Kernel;
        var isSnapshot = volume.SnapOnStart == true;
        if (!Word().IsMatch(volume.Name))
            throw Refused(qube, volume, "letters, digits, '-', '_' and '.' are accepted as name");
        if (!Vid().IsMatch(volume.Vid!) && !(isKernel && volume.Vid!.Length == 0))
            throw Refused(qube, volume, $"its vid is '{Node.Shown(volume.Vid!)}'; names joined by '/', none of them '.' or '..', are accepted");
        var pool = volume.Pool ?? DefaultPool(volume.Name);
        if (!pools.Exists(p => p.Name == pool))
            throw Refused(qube, volume, $"there is no pool called '{Node.Shown(pool)}'; known: {string.Join(", ", pools.Select(p => p.Name))}");
        if (!isSnapshot && volume.Source is { Length: > 0 })
            warnings.Add($"'{qube.Name}': the source of volume '{volume.Name}' is left out: only snapshots have one");
        var source = isSnapshot ? SourceOf(qube, volume, pool) : null;
        return new StoredVolume(
            qube.Row.Qid, volume.Name, position, pool, volume.Vid!, volume.Size ?? source?.Size ?? 0, volume.Writable ?? false,
            isSnapshot, volume.SaveOnStop ?? false, source?.Qid, source?.Name, volume.RevisionsToKeep, volume.Ephemeral);
    }

    // As the file says; or the same volume of the template, where the file says nothing or names what is not there.
    private StoredVolume SourceOf(DraftQube qube, DocumentVolume volume, string pool)
    {
        var isSaid = volume.Source is { Length: > 0 };
        if (isSaid && byVid.GetValueOrDefault((pool, volume.Source!)) is { SnapOnStart: false } source)
            return source;
        var template = byName.GetValueOrDefault((qube.Source["template"] ?? "", volume.Name));
        for (var steps = 0; template is { SourceQid: { } owner } && steps < 2; steps++)
            template = byName.GetValueOrDefault((qubes.First(q => q.Row.Qid == owner).Name, template.SourceVolume!));
        if (template is not { SnapOnStart: false } || template.Pool != pool)
            throw Refused(qube, volume, $"it is a snapshot of '{Node.Shown(volume.Source ?? "")}', which is no volume of this file in pool '{pool}'");
        if (isSaid)
            warnings.Add($"'{qube.Name}': the source '{Node.Shown(volume.Source!)}' of volume '{volume.Name}' is no origin in this file; "
                + $"'{template.Vid}' of its template is taken");
        return template;
    }

    private string DefaultPool(string volume)
    {
        string? Said(string property) => document.Properties.FirstOrDefault(p => p.Name == property)?.Value is { Length: > 0 } pool ? pool : null;
        return Said("default_pool_" + volume) ?? Said("default_pool") ?? "default";
    }

    private static QubesException Refused(DraftQube qube, DocumentVolume volume, string why) =>
        new($"It is refused: volume '{Node.Shown(volume.Name)}' of '{qube.Name}': {why}");

    [GeneratedRegex(@"\A[A-Za-z0-9_.\-]{1,255}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A(?!.*(^|/)\.{0,2}(/|\z))[A-Za-z0-9_.+:@%\-/]{1,255}\z")]
    private static partial Regex Vid();
}
