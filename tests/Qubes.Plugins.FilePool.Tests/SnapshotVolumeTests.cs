using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool.Tests;

public sealed class SnapshotVolumeTests : PoolFixture
{
    [Fact]
    public async Task A_snapshot_shows_its_source_and_keeps_its_own_changes_from_it()
    {
        var (source, disk) = await StartedSnapshotAsync();
        GuestReads(disk, 8, 0, MiB);
        GuestWrites(disk, "write -P 1 0 64k");
        GuestReads(disk, 1, 0, 65536);
        GuestReads(disk, 8, 65536, 65536);
        Assert.Equal(8, ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 1)[0]);
        Assert.False(Pool.IsDirty(Snapshot(source)));
    }

    [Fact]
    public async Task A_snapshot_is_outdated_once_its_source_commits_and_goes_on_with_the_old_content()
    {
        var (source, disk) = await StartedSnapshotAsync();
        var snapshot = Snapshot(source);
        Assert.False(Pool.IsOutdated(snapshot));

        GuestWrites(await Pool.StartAsync(source, default), "write -P 2 0 1M");
        Assert.False(Pool.IsOutdated(snapshot));
        await Pool.StopAsync(source, default);
        Assert.True(Pool.IsOutdated(snapshot));
        GuestReads(disk, 8, 0, MiB);

        await Pool.StopAsync(snapshot, default);
        Assert.False(Pool.IsOutdated(snapshot));
        GuestReads(await Pool.StartAsync(snapshot, default), 2, 0, MiB);
        Assert.False(Pool.IsOutdated(snapshot));
    }

    [Fact]
    public async Task An_import_outdates_snapshots_as_well()
    {
        var (source, _) = await StartedSnapshotAsync();
        File.WriteAllBytes(PathOf("new.raw"), new byte[512]);
        await Pool.ImportAsync(source, PathOf("new.raw"), default);
        Assert.True(Pool.IsOutdated(Snapshot(source)));
    }

    [Fact]
    public async Task A_start_over_a_snapshot_that_was_not_stopped_begins_afresh()
    {
        var (source, disk) = await StartedSnapshotAsync();
        GuestWrites(disk, "write -P 1 0 64k");
        GuestReads(await Pool.StartAsync(Snapshot(source), default), 8, 0, 65536);
    }

    [Fact]
    public async Task Nothing_stays_of_a_stopped_snapshot_and_its_source_is_whole()
    {
        var (source, disk) = await StartedSnapshotAsync();
        GuestWrites(disk, "write -P 1 0 64k");
        Assert.True(Pool.Usage(Snapshot(source)) > 0);
        await Pool.StopAsync(Snapshot(source), default);
        Assert.Empty(System.IO.Directory.EnumerateFiles(PathOf("appvms/disp1")));
        Assert.Equal(8, ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 1)[0]);
    }

    [Fact]
    public async Task A_snapshot_outlives_its_source()
    {
        var (source, disk) = await StartedSnapshotAsync();
        await Pool.RemoveAsync(source, default);
        GuestReads(disk, 8, 0, MiB);
        Assert.False(Pool.IsOutdated(Snapshot(source)));
    }

    [Fact]
    public async Task A_read_only_snapshot_has_one_layer()
    {
        var (source, _) = await StartedSnapshotAsync();
        var disk = await Pool.StartAsync(Snapshot(source, "appvms/other/root", isWritable: false), default);
        Assert.False(disk.IsWritable);
        Assert.Equal("raw", Assert.Single(disk.Layers).Format);
    }

    [Fact]
    public async Task A_snapshot_without_a_committed_source_does_not_start() =>
        await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(Snapshot(Persistent()), default));

    [Fact]
    public async Task A_volatile_volume_is_blank_at_each_start_and_gone_at_stop()
    {
        var volume = Volatile();
        var disk = await Pool.StartAsync(volume, default);
        GuestWrites(disk, "write -P 4 0 64k");
        Assert.False(Pool.IsDirty(volume));
        GuestReads(await Pool.StartAsync(volume, default), 0, 0, 8 * MiB);
        await Pool.StopAsync(volume, default);
        Assert.False(File.Exists(disk.Layers[0].Path));
        Assert.Null(Pool.Revision(volume));
    }

    [Fact]
    public async Task Many_snapshots_start_at_once()
    {
        var (source, _) = await StartedSnapshotAsync();
        var disks = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Pool.StartAsync(Snapshot(source, $"appvms/d{i}/root"), default)));
        Assert.Equal(20, disks.Select(disk => disk.Layers[0].Path).Distinct().Count());
    }

    private async Task<(Sdk.Storage.Volume Source, Sdk.Storage.VolumeAttachment Disk)> StartedSnapshotAsync()
    {
        var source = Persistent();
        await Pool.CreateAsync(source, default);
        GuestWrites(await Pool.StartAsync(source, default), "write -P 8 0 1M");
        await Pool.StopAsync(source, default);
        return (source, await Pool.StartAsync(Snapshot(source), default));
    }
}
