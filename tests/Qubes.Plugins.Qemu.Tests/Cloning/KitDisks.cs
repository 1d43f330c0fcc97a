using System.Diagnostics;
using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

/// <summary>Volumes of machines that are frozen, and layers for their copies, as a pool would make them: files in a directory.</summary>
internal sealed class KitDisks
{
    private const long Size = 1 << 20;

    private readonly IFreezingPool pool = Substitute.For<IFreezingPool>();
    private readonly Dictionary<string, IReadOnlyList<DiskLayer>> frozen = [];
    private readonly string directory;
    private readonly DiskLayer origin;
    private int last;

    public KitDisks(string directory)
    {
        this.directory = Directory.CreateDirectory(directory).FullName;
        origin = new DiskLayer(directory + "/base.img", "raw");
        using var file = File.Create(origin.Path);
        file.SetLength(Size);
    }

    /// <summary>The qube's volume <c>root</c>, started.</summary>
    public VolumeAttachment Start(string qube) => new(VolumeOf(qube), [NewLayer(), origin], IsWritable: true);

    public void Keep(MachineSpec spec, string key) => frozen[key] = spec.Volumes[0].Layers;

    public PreparedVolume Prepare(string key) => new(pool, key, "root", $"{last}", Size, [NewLayer(), .. frozen[key]]);

    public VolumeAttachment Take(string qube, PreparedVolume prepared) => new(VolumeOf(qube), prepared.Layers, IsWritable: true);

    private Volume VolumeOf(string qube) => new()
    {
        Name = "root",
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = $"{qube}/root",
        Size = Size,
        OwnEphemeral = false,
    };

    private DiskLayer NewLayer()
    {
        var path = $"{directory}/layer{++last}.qcow2";
        using var process = Process.Start("qemu-img", ["create", "-q", "-f", "qcow2", path, Size.ToString()]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return new DiskLayer(path, "qcow2");
    }
}
