using Qubes.Kernel.Store;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

/// <summary>How a qube is kept.</summary>
internal static class StoredQubes
{
    public static StoredQube Of(Qube qube) => new(qube.Qid, qube.Uuid, qube.Name, qube.Class.ToString());
}

/// <summary>How a volume is kept.</summary>
internal static class StoredVolumes
{
    public static StoredVolume Of(Qube qube, Volume volume) => new(
        qube.Qid, volume.Name, Position(qube, volume), volume.Pool.Configuration.Name, volume.Vid, volume.Size, volume.IsWritable,
        volume.SnapOnStart, volume.SaveOnStop, volume.Source?.Owner.Qid, volume.Source?.Name,
        volume.OwnRevisionsToKeep, volume.OwnEphemeral);

    private static int Position(Qube qube, Volume volume)
    {
        for (var i = 0; i < qube.Volumes.Count; i++)
        {
            if (qube.Volumes[i].Name == volume.Name)
                return i;
        }
        return qube.Volumes.Count;
    }
}
