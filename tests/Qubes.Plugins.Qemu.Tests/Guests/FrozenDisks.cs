using System.Diagnostics;
using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Guests;

/// <summary>Volumes of a machine that is frozen, and layers for its copies, as a pool would make them: files in a directory.</summary>
internal sealed class FrozenDisks(string directory)
{
    private const long Size = 1 << 20;

    private readonly IFreezingPool pool = Substitute.For<IFreezingPool>();
    private int last;

    private string Base => directory + "/base.img";

    private string Frozen => directory + "/frozen.qcow2";

    /// <summary>The volume <c>root</c>, started.</summary>
    public VolumeAttachment Start()
    {
        Directory.CreateDirectory(directory);
        using (var file = File.Create(Base))
            file.SetLength(Size);
        MakeLayer(Frozen);
        return new VolumeAttachment(Volume("template"), [new DiskLayer(Frozen, "qcow2"), new DiskLayer(Base, "raw")], IsWritable: true);
    }

    public PreparedVolume Prepare(string key)
    {
        var top = $"{directory}/copy{++last}.qcow2";
        MakeLayer(top);
        return new PreparedVolume(
            pool, key, "root", $"{last}", Size, [new DiskLayer(top, "qcow2"), new DiskLayer(Frozen, "qcow2"), new DiskLayer(Base, "raw")]);
    }

    /// <summary>The volume that a prepared one has become.</summary>
    public VolumeAttachment Take(PreparedVolume prepared) => new(Volume(prepared.Id), prepared.Layers, IsWritable: true);

    private Volume Volume(string qube) => new()
    {
        Name = "root",
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = $"{qube}/root",
        Size = Size,
        OwnEphemeral = false,
    };

    private static void MakeLayer(string path)
    {
        using var process = Process.Start("qemu-img", ["create", "-q", "-f", "qcow2", path, Size.ToString()]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
