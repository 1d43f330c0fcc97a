namespace Qubes.Sdk.Storage;

/// <summary>An empty layer on a frozen volume, which becomes the volume of the qube that is given it.</summary>
/// <param name="Pool">Which made it.</param>
/// <param name="Key">Of the memory template.</param>
/// <param name="Name">The volume's name, e.g. <c>root</c>.</param>
/// <param name="Id">Which of the pool's prepared layers it is; never used twice.</param>
/// <param name="Size">Bytes of the disk.</param>
/// <param name="Layers">As in <see cref="VolumeAttachment.Layers"/>; the first one is the writable layer.</param>
public sealed record PreparedVolume(IFreezingPool Pool, string Key, string Name, string Id, long Size, IReadOnlyList<DiskLayer> Layers);
