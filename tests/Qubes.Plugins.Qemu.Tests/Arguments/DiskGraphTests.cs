using System.Text.Json;
using NSubstitute;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Arguments;

public sealed class DiskGraphTests
{
    [Fact]
    public void Every_layer_is_a_descriptor_and_only_the_top_one_is_written()
    {
        var graph = new DiskGraph([Disk(true, ("/p/top.qcow2", "qcow2"), ("/p/mid.qcow2", "qcow2"), ("/p/base.img", "raw"))]);
        Assert.Equal(
            [("/p/base.img", false), ("/p/mid.qcow2", false), ("/p/top.qcow2", true)],
            graph.Files.Select(file => (file.Path, file.IsWritable)));
        using var node = JsonDocument.Parse(graph.Arguments[graph.Arguments.ToList().IndexOf("-blockdev") + 1]);
        var top = node.RootElement;
        Assert.Equal("vda", top.GetProperty("node-name").GetString());
        Assert.Equal("/dev/fdset/3", top.GetProperty("file").GetProperty("filename").GetString());
        Assert.False(top.GetProperty("read-only").GetBoolean());
        var bottom = top.GetProperty("backing").GetProperty("backing");
        Assert.True(bottom.GetProperty("read-only").GetBoolean());
        Assert.True(bottom.GetProperty("file").GetProperty("read-only").GetBoolean());
        Assert.False(bottom.GetProperty("auto-read-only").GetBoolean());
        Assert.DoesNotContain("/p/", string.Join(' ', graph.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_kept_is_flushed()
    {
        foreach (var isSaved in (bool[])[true, false])
        {
            var graph = new DiskGraph([Disk(isSaved, ("/p/a.img", "raw"))]);
            Assert.Contains($"\"no-flush\":{(isSaved ? "false" : "true")}", graph.Arguments[3], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_disk_that_may_not_be_written_is_opened_for_reading() =>
        Assert.False(Assert.Single(
            new DiskGraph([Disk(true, ("/p/a.img", "raw")) with { IsWritable = false }]).Files).IsWritable);

    [Fact]
    public void Descriptors_are_never_shared()
    {
        var graph = new DiskGraph([Disk(true, ("/a", "raw")), Disk(true, ("/b", "qcow2"), ("/a", "raw"))]);
        Assert.Equal(3, graph.Files.Select(file => file.Descriptor).Distinct().Count());
    }

    [Theory]
    [InlineData("vmdk")]
    [InlineData("raw,file=/etc/passwd")]
    public void An_unknown_format_is_refused(string format) =>
        Assert.Throws<QubeException>(() => new DiskGraph([Disk(true, ("/a", format))]));

    [Fact]
    public void A_raw_layer_on_another_is_refused() =>
        Assert.Throws<QubeException>(() => new DiskGraph([Disk(true, ("/a", "raw"), ("/b", "raw"))]));

    [Fact]
    public void Too_many_disks_or_layers_are_refused()
    {
        Assert.Throws<QubeException>(() => new DiskGraph([.. Enumerable.Repeat(Disk(true, ("/a", "raw")), 17)]));
        Assert.Throws<QubeException>(() => new DiskGraph([Disk(true, [.. Enumerable.Repeat(("/a", "qcow2"), 17)])]));
    }

    [Fact]
    public void A_volume_without_a_disk_is_passed_over()
    {
        VolumeAttachment[] volumes = [Disk(true, ("/a", "raw")), Disk(true), Disk(true, ("/b", "raw"))];
        var graph = new DiskGraph(volumes);
        Assert.Equal(["/a", "/b"], graph.Files.Select(file => file.Path));
        Assert.Contains("virtio-blk-device,drive=vdb,serial=vdb", graph.Arguments);
        Assert.DoesNotContain("virtio-blk-device,drive=vdc,serial=vdc", graph.Arguments);
        Assert.Equal([volumes[0], volumes[2]], DiskGraph.Present(volumes));
    }

    [Theory]
    [InlineData("root", "vda")]
    [InlineData("volatile", "vdc")]
    [InlineData("kernel", null)]
    public void A_volume_is_found_behind_the_disk_of_its_place(string volume, string? node) =>
        Assert.Equal(node, DiskGraph.NodeOf(["root", "private", "volatile"], volume));

    [Theory]
    [InlineData(512, 512)]
    [InlineData(513, 1024)]
    public void Sizes_are_whole_sectors(long size, long expected) => Assert.Equal(expected, DiskGraph.WholeSectors(size));

    private static VolumeAttachment Disk(bool isSaved, params (string Path, string Format)[] layers) => new(
        new Volume
        {
            Name = "root",
            Owner = Substitute.For<IQube>(),
            Pool = Substitute.For<IStoragePool>(),
            Vid = "a/root",
            Size = 1,
            SaveOnStop = isSaved,
        },
        [.. layers.Select(layer => new DiskLayer(layer.Path, layer.Format))],
        IsWritable: true);
}
