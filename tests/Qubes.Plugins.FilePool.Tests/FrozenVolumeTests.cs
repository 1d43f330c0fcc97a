using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Tests;

/// <summary>What the conformance kit cannot see: the files. The rules themselves are its.</summary>
public sealed class FrozenVolumeTests : PoolFixture
{
    private static readonly string Key = new('a', 64);

    private IFreezingPool Freezing => (IFreezingPool)Pool;

    [Fact]
    public async Task Freezing_copies_nothing_and_is_not_listed_among_the_volumes()
    {
        var (volume, disk) = await FrozenAsync();
        Assert.Equal(Inode(disk.Layers[0].Path), Inode(PathOf($".frozen/{Key}/root.qcow2")));
        Assert.Equal(Inode(disk.Layers[1].Path), Inode(PathOf($".frozen/{Key}/root-clean.img")));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(PathOf($".frozen/{Key}/root.qcow2")));
        Assert.DoesNotContain(Pool.Vids(), vid => vid.Contains("frozen", StringComparison.Ordinal));
        await Pool.StopAsync(volume, default);
        Assert.DoesNotContain(volume.Vid, Pool.Vids());
    }

    [Fact]
    public async Task A_machine_that_has_a_prepared_layer_open_keeps_it_when_a_volume_takes_it()
    {
        var (volume, _) = await FrozenAsync();
        var layer = await Freezing.PrepareAsync(Key, "root", default);
        GuestWrites(new VolumeAttachment(volume, layer.Layers, IsWritable: true), "write -P 5 0 64k");
        var before = Inode(layer.Layers[0].Path);

        var started = await Freezing.StartAsync(Snapshot(volume.Source!, "appvms/disp2/root"), layer, default);

        Assert.Equal(before, Inode(started.Layers[0].Path));
        GuestReads(started, 5, 0, 65536);
        GuestReads(started, 7, 65536, 65536);
    }

    [Fact]
    public async Task Prepared_layers_of_a_daemon_that_is_gone_are_deleted_when_the_pool_opens_and_the_frozen_ones_stay()
    {
        await FrozenAsync();
        var layer = await Freezing.PrepareAsync(Key, "root", default);
        Assert.True(File.Exists(layer.Layers[0].Path));

        var next = (IFreezingPool)await new FilePoolDriver(TimeProvider.System).OpenAsync(Pool.Configuration, default);

        Assert.False(File.Exists(layer.Layers[0].Path));
        Assert.Equal([Key], next.FrozenKeys());
        await next.PrepareAsync(Key, "root", default);
    }

    [Fact]
    public async Task A_freezing_that_was_interrupted_between_its_links_is_done_over()
    {
        var (volume, disk) = await FrozenAsync();
        File.Delete(PathOf($".frozen/{Key}/root.qcow2"));
        await Assert.ThrowsAsync<StorageException>(() => Freezing.PrepareAsync(Key, "root", default));
        Assert.Equal([Key], Freezing.FrozenKeys());
        await Freezing.FreezeAsync(volume, Key, default);
        GuestReads(disk, 7, 0, MiB);
    }

    [Fact]
    public async Task A_volume_whose_frozen_files_cannot_be_linked_is_refused_in_one_line_and_nothing_is_taken()
    {
        var (volume, _) = await FrozenAsync();
        var layer = await Freezing.PrepareAsync(Key, "root", default);
        File.Delete(PathOf($".frozen/{Key}/root-clean.img"));
        var copy = Snapshot(volume.Source!, "appvms/disp2/root");
        var refusal = await Assert.ThrowsAsync<StorageException>(() => Freezing.StartAsync(copy, layer, default));
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.True(File.Exists(layer.Layers[0].Path));
        Assert.DoesNotContain(copy.Vid, Pool.Vids());
    }

    [Theory]
    [InlineData("root-clean")]
    [InlineData("../root")]
    [InlineData("")]
    public async Task A_name_that_could_be_another_file_is_refused(string name) =>
        await Assert.ThrowsAsync<StorageException>(() => Freezing.PrepareAsync(Key, name, default));

    [Fact]
    public async Task A_prepared_layer_of_a_made_up_id_is_refused()
    {
        await FrozenAsync();
        var layer = await Freezing.PrepareAsync(Key, "root", default);
        await Assert.ThrowsAsync<StorageException>(() => Freezing.DiscardAsync(layer with { Id = "../x" }, default));
    }

    [Fact]
    public async Task A_copy_grows_while_it_is_in_use_and_one_of_a_volatile_volume_too()
    {
        var original = Volatile();
        GuestWrites(await Pool.StartAsync(original, default), "write -P 6 0 1M");
        await Freezing.FreezeAsync(original, Key, default);
        var copy = Volatile("appvms/disp2/volatile");
        var started = await Freezing.StartAsync(copy, await Freezing.PrepareAsync(Key, "volatile", default), default);
        GuestReads(started, 6, 0, MiB);
        Assert.Equal(started.Layers[0].Path, Pool.PathOf(copy));
        await Pool.ResizeAsync(copy, 16 * MiB, default);
        await Pool.StopAsync(copy, default);
        Assert.Empty(System.IO.Directory.EnumerateFiles(PathOf("appvms/disp2")));
    }

    private async Task<(Volume Volume, VolumeAttachment Disk)> FrozenAsync()
    {
        var source = Persistent();
        await Pool.CreateAsync(source, default);
        var volume = Snapshot(source);
        var disk = await Pool.StartAsync(volume, default);
        GuestWrites(disk, "write -P 7 0 1M");
        await Freezing.FreezeAsync(volume, Key, default);
        return (volume, disk);
    }

    private static string Inode(string path) => Run("stat", "-c", "%i", path).Trim();
}
