using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>Which volumes a new qube gets (spec: storage, sections 5 and 6).</summary>
internal static class VolumeLayout
{
    private const long GiB = 1L << 30;
    private const long RootSize = 10 * GiB;
    private const long PrivateSize = 2 * GiB;

    public static IReadOnlyList<Volume> For(Qube qube, QubeRequest request, QubeRegistry qubes)
    {
        if (request.Pool is not null && request.VolumePools.Count > 0)
            throw new ProtocolException("Either one pool for all volumes or pools for single volumes can be named, not both");
        var plan = new Plan(qube, request, qubes);
        return qube.Class switch
        {
            QubeClass.TemplateVM or QubeClass.StandaloneVM =>
                [plan.Persistent("root", RootSize), plan.Persistent("private", PrivateSize), plan.Volatile(10 * GiB)],
            QubeClass.AppVM =>
                [plan.Snapshot("root"), plan.Persistent("private", PrivateSize), plan.Volatile(10 * GiB)],
            QubeClass.DispVM => [plan.Snapshot("root"), plan.Snapshot("private"), plan.Volatile(12 * GiB)],
            _ => [],
        };
    }

    /// <summary>A snapshot of the same volume of the template, or of what that is itself a snapshot of.</summary>
    public static Volume SourceOf(Qube template, string name)
    {
        var volume = template.Volumes.FirstOrDefault(v => v.Name == name)
            ?? throw new StorageException($"'{template.Name}' has no volume '{name}' to take a snapshot of");
        return volume.Source ?? volume;
    }

    private sealed class Plan(Qube qube, QubeRequest request, QubeRegistry qubes)
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

        public Volume Volatile(long size) => Kept(new Volume
        {
            Name = "volatile",
            Owner = qube,
            Pool = PoolFor("volatile"),
            Vid = Vid("volatile"),
            Size = size,
        });

        public Volume Snapshot(string name)
        {
            if (request.VolumePools.ContainsKey(name))
                throw new QubesException($"Volume '{name}' of a {qube.Class} is a snapshot and lives in the pool of what it is a snapshot of");
            var source = SourceOf(qube.Template!, name);
            return Kept(new Volume
            {
                Name = name,
                Owner = qube,
                Pool = source.Pool,
                Vid = Vid(name),
                Size = source.Size,
                SnapOnStart = true,
                Source = source,
            });
        }

        private Volume Kept(Volume volume) => qubes.Watch(qube, volume);

        private string Vid(string name) => $"{folder}/{qube.Name}/{name}";

        private IStoragePool PoolFor(string name)
        {
            var pool = request.Pool ?? request.VolumePools.GetValueOrDefault(name)
                ?? qubes.System.Get(new PropertyKey<string>("default_pool_" + name));
            return qubes.Storage.Find(pool ?? throw new StorageException("The system has no storage pool; add one first"));
        }
    }
}
