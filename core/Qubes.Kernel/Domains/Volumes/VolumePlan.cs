using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>Makes the volumes of one new qube: in the pools it was asked to, else as its template's, else the system's defaults.</summary>
internal sealed class VolumePlan(Qube qube, QubeRequest request, QubeRegistry qubes)
{
    private readonly string folder = qube.Class == QubeClass.TemplateVM ? "vm-templates" : "appvms";

    public Volume Persistent(string name, long size) => Kept(new Volume
    {
        Name = name,
        Owner = qube,
        Pool = PoolFor(name),
        Vid = Vid(name),
        Size = size,
        SaveOnStop = true,
    });

    public Volume Volatile(long size)
    {
        var model = Model("volatile");
        return Kept(new Volume
        {
            Name = "volatile",
            Owner = qube,
            Pool = model is not null && !IsPoolNamed("volatile") ? model.Pool : PoolFor("volatile"),
            Vid = Vid("volatile"),
            Size = size,
            IsWritable = model?.IsWritable ?? true,
            OwnEphemeral = model?.OwnEphemeral,
        });
    }

    public Volume Snapshot(string name)
    {
        if (request.VolumePools.ContainsKey(name))
            throw new QubesException($"Volume '{name}' of a {qube.Class} is a snapshot and lives in the pool of what it is a snapshot of");
        var source = VolumeLayout.SourceOf(qube.Template!, name);
        return Kept(new Volume
        {
            Name = name,
            Owner = qube,
            Pool = source.Pool,
            Vid = Vid(name),
            Size = source.Size,
            IsWritable = Model(name)?.IsWritable ?? true,
            SnapOnStart = true,
            Source = source,
        });
    }

    // Not writable, so that no request moves it.
    public Volume Kernel() => Kept(new Volume
    {
        Name = "kernel",
        Owner = qube,
        Pool = Model("kernel")?.Pool ?? Default("kernel"),
        Vid = "kernel",
        FollowedVid = VolumeLayout.FollowedVid(qube, "kernel"),
        Size = 0,
        IsWritable = false,
    });

    // A disposable takes over how its template's volumes are at the moment.
    private Volume? Model(string name) =>
        qube.Class == QubeClass.DispVM ? qube.Template!.Volumes.FirstOrDefault(v => v.Name == name) : null;

    private Volume Kept(Volume volume) => qubes.Watch(qube, volume);

    private string Vid(string name) => $"{folder}/{qube.Name}/{name}";

    private bool IsPoolNamed(string volume) => request.Pool is not null || request.VolumePools.ContainsKey(volume);

    private IStoragePool PoolFor(string name) =>
        (request.Pool ?? request.VolumePools.GetValueOrDefault(name)) is { } named ? qubes.Storage.Find(named) : Default(name);

    private IStoragePool Default(string name) => qubes.Storage.Find(
        qubes.System.Get(new PropertyKey<string>("default_pool_" + name))
        ?? throw new StorageException("The system has no storage pool; add one first"));
}
