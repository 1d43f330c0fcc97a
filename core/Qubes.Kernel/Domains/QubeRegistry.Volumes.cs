using Qubes.Kernel.Domains.Volumes;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

internal sealed partial class QubeRegistry
{
    /// <summary>Keeps a volume's settings from now on.</summary>
    public Volume Watch(Qube qube, Volume volume)
    {
        volume.Changed = changed =>
        {
            context.State.PutVolume(StoredVolumes.Of(qube, changed));
            FollowRoot(changed);
        };
        return volume;
    }

    /// <summary>Points a qube's snapshot volumes at its present template; called when that changed.</summary>
    public void RepointSnapshots(Qube qube)
    {
        qube.Volumes = [.. qube.Volumes.Select(v => v.SnapOnStart ? Repointed(qube, v) : v)];
        foreach (var volume in qube.Volumes)
            context.State.PutVolume(StoredVolumes.Of(qube, volume));
        foreach (var disposable in byName.Values.Where(q => q.Class == QubeClass.DispVM && q.Template == qube && q.IsHalted))
            RepointSnapshots(disposable);
    }

    private Volume Repointed(Qube qube, Volume volume)
    {
        var source = VolumeLayout.SourceOf(qube.Template!, volume.Name);
        return Watch(qube, new Volume
        {
            Name = volume.Name,
            Owner = qube,
            Pool = source.Pool,
            Vid = volume.Vid,
            Size = source.Size,
            IsWritable = volume.IsWritable,
            SnapOnStart = true,
            Source = source,
            OwnRevisionsToKeep = volume.OwnRevisionsToKeep,
        });
    }

    // A snapshot of a root is never smaller than the root itself; other snapshots keep the size of their creation.
    private void FollowRoot(Volume source)
    {
        if (source.Name != "root")
            return;
        foreach (var volume in byName.Values.SelectMany(q => q.Volumes).Where(v => v.Source == source && v.Size != source.Size))
            volume.Size = source.Size;
    }
}
