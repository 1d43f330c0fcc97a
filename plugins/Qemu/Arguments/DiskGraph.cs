using System.Globalization;
using System.Text.Json.Nodes;
using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Encryption;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>
/// QEMU's view of the disks. Each layer of each disk is a descriptor that the launcher opened, in a set of its own, and each
/// node of the graph is spelled out: QEMU opens no file by name, least of all one that is named inside an image.
/// </summary>
internal sealed class DiskGraph
{
    private const int MaximumDisks = 16; // of the machine's 24 virtio places
    private const int MaximumLayers = 16;

    private readonly List<LaunchFile> files = [];
    private readonly List<LaunchSecret> secrets = [];
    private readonly List<string> arguments = [];

    /// <exception cref="QubeException">Too many disks or layers, or a format that is not known.</exception>
    public DiskGraph(IReadOnlyList<VolumeAttachment> volumes)
        : this([.. Present(volumes).Select(volume => new Disk(volume))])
    {
    }

    /// <summary>For a machine whose disks are nobody's volumes yet.</summary>
    /// <exception cref="QubeException">Too many disks or layers, or a format that is not known.</exception>
    public DiskGraph(IReadOnlyList<PreparedVolume> disks)
        : this([.. disks.Select(disk => new Disk(disk))])
    {
    }

    private DiskGraph(IReadOnlyList<Disk> disks)
    {
        if (disks.Count > MaximumDisks)
            throw new QubeException($"{disks.Count} volumes are too many: a machine takes {MaximumDisks}");
        for (var i = 0; i < disks.Count; i++)
            AddDisk(NameAt(i), disks[i]);
    }

    /// <summary>What the launcher opens.</summary>
    public IReadOnlyList<LaunchFile> Files => files;

    /// <summary>The keys of ephemeral disks, made with this graph: the files are formatted for them.</summary>
    public IReadOnlyList<LaunchSecret> Secrets => secrets;

    /// <summary>What QEMU is told: descriptors, nodes and devices, in the order of the guest's names vda, vdb, ….</summary>
    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>The volumes that are disks, in their order.</summary>
    public static IEnumerable<VolumeAttachment> Present(IReadOnlyList<VolumeAttachment> volumes) =>
        volumes.Where(volume => volume.IsPresent);

    /// <summary>The node of a machine's disk, which is the guest's name for it too; null when it has no such disk.</summary>
    public static string? NodeOf(IReadOnlyList<string> disks, string volume)
    {
        for (var i = 0; i < disks.Count; i++)
        {
            if (disks[i] == volume)
                return NameAt(i);
        }
        return null;
    }

    /// <summary>A disk's size as QEMU takes it.</summary>
    public static long WholeSectors(long size) => (size + 511) / 512 * 512;

    private static string NameAt(int index) => $"vd{(char)('a' + index)}";

    private void AddDisk(string name, Disk disk)
    {
        if (disk.Layers.Count is 0 or > MaximumLayers)
            throw new QubeException($"Volume {disk.Name} has {disk.Layers.Count} layers: 1 to {MaximumLayers} can be used");
        JsonObject? node = null;
        for (var i = disk.Layers.Count - 1; i >= 0; i--)
            node = Node(disk, i, node);
        if (disk.Encrypted is { } volume)
            AddKey(name, volume, node!);
        node!["node-name"] = name;
        arguments.AddRange(["-blockdev", node.ToJsonString(), "-device", $"virtio-blk-device,drive={name},serial={name}"]);
    }

    /// <summary>The disk's only layer is decrypted and encrypted by QEMU, with a key that it reads from a descriptor.</summary>
    private void AddKey(string name, VolumeAttachment disk, JsonObject node)
    {
        var descriptor = NextDescriptor();
        secrets.Add(new LaunchSecret(EphemeralDisk.Format(disk), descriptor));
        arguments.AddRange(["-object", $"secret,id={name}-key,format=raw,file=/dev/fd/{descriptor}"]);
        node["driver"] = "luks";
        node["key-secret"] = name + "-key";
    }

    private JsonObject Node(Disk disk, int index, JsonObject? backing)
    {
        var (path, format) = disk.Layers[index];
        if (format is not ("raw" or "qcow2") || (format == "raw" && backing is not null))
            throw new QubeException($"Volume {disk.Name}: a layer of format '{format}' cannot be used there");
        var isWritable = index == 0 && disk.IsWritable;
        var node = Options(format, isWritable, disk);
        node["file"] = Options("file", isWritable, disk);
        node["file"]!["filename"] = "/dev/fdset/" + AddFile(path, isWritable).ToString(CultureInfo.InvariantCulture);
        if (format == "qcow2")
            node["backing"] = backing;
        return node;
    }

    /// <summary>
    /// What is thrown away when the machine stops need not survive the host's crash: the guest's flushes are not passed on.
    /// </summary>
    private static JsonObject Options(string driver, bool isWritable, Disk disk) => new()
    {
        ["driver"] = driver,
        ["read-only"] = !isWritable,
        ["auto-read-only"] = false,
        ["discard"] = "unmap",
        ["cache"] = new JsonObject { ["direct"] = false, ["no-flush"] = !disk.IsSaved },
    };

    private int NextDescriptor() =>
        Descriptors.FirstLayer + files.Count + secrets.Count is var descriptor and <= LaunchDescription.LastDescriptor
            ? descriptor
            : throw new QubeException("The volumes have too many layers together");

    private int AddFile(string path, bool isWritable)
    {
        var descriptor = NextDescriptor();
        files.Add(new LaunchFile(path, descriptor, isWritable));
        var set = files.Count;
        arguments.AddRange(["-add-fd", $"fd={descriptor},set={set}"]);
        return set;
    }

    /// <summary>What the graph needs to know of one disk.</summary>
    private sealed record Disk(
        string Name, IReadOnlyList<DiskLayer> Layers, bool IsWritable, bool IsSaved, VolumeAttachment? Encrypted)
    {
        public Disk(VolumeAttachment disk)
            : this(disk.Volume.Vid, disk.Layers, disk.IsWritable, disk.Volume.SaveOnStop, disk.IsEphemeral ? disk : null)
        {
        }

        /// <summary>A copy's disk is written to and never kept.</summary>
        public Disk(PreparedVolume disk)
            : this($"{disk.Name} of {disk.Id}", disk.Layers, IsWritable: true, IsSaved: false, Encrypted: null)
        {
        }
    }
}
