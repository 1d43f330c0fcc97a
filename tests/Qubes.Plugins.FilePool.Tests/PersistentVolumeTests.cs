using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool.Tests;

public sealed class PersistentVolumeTests : PoolFixture
{
    [Fact]
    public async Task A_new_volume_is_a_sparse_file_that_only_the_daemon_reads()
    {
        var volume = Persistent(size: 100 * MiB);
        await Pool.CreateAsync(volume, default);
        var path = PathOf("vm-templates/deb/root.img");
        Assert.Equal(100 * MiB, new FileInfo(path).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(VolumeFiles.DirectoryMode, File.GetUnixFileMode(PathOf("vm-templates/deb")));
        Assert.True(Pool.Usage(volume) < MiB);
        Assert.False(Pool.IsDirty(volume));
        Assert.NotNull(Pool.Revision(volume));
    }

    [Fact]
    public async Task A_volume_is_created_once()
    {
        await Pool.CreateAsync(Persistent(), default);
        await Assert.ThrowsAsync<StorageException>(() => Pool.CreateAsync(Persistent(), default));
    }

    [Fact]
    public async Task What_the_guest_wrote_is_committed_at_stop_and_not_before()
    {
        var volume = Persistent();
        await Pool.CreateAsync(volume, default);
        var before = Pool.Revision(volume);

        var disk = await Pool.StartAsync(volume, default);
        Assert.True(disk.IsWritable);
        GuestWrites(disk, "write -P 7 1M 200k");
        Assert.True(Pool.IsDirty(volume));
        Assert.Equal(before, Pool.Revision(volume));
        Assert.Equal(0, ReadRaw(PathOf("vm-templates/deb/root.img"), MiB, 1)[0]);

        await Pool.StopAsync(volume, default);
        Assert.False(Pool.IsDirty(volume));
        Assert.NotEqual(before, Pool.Revision(volume));
        var content = ReadRaw(PathOf("vm-templates/deb/root.img"), MiB - 1, 200 * 1024 + 2);
        Assert.Equal(0, content[0]);
        Assert.All(content[1..^1], b => Assert.Equal(7, b));
        Assert.Equal(0, content[^1]);
    }

    [Fact]
    public async Task Zeroed_and_discarded_ranges_are_committed_too()
    {
        var volume = Persistent();
        await Pool.CreateAsync(volume, default);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 9 0 4M");
        await Pool.StopAsync(volume, default);

        GuestWrites(await Pool.StartAsync(volume, default), "write -z 64k 128k");
        await Pool.StopAsync(volume, default);
        var content = ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 256 * 1024);
        Assert.All(content[..(64 * 1024)], b => Assert.Equal(9, b));
        Assert.All(content[(64 * 1024)..(192 * 1024)], b => Assert.Equal(0, b));
        Assert.All(content[(192 * 1024)..], b => Assert.Equal(9, b));
    }

    [Fact]
    public async Task A_working_copy_left_by_a_crash_is_used_on()
    {
        var volume = Persistent();
        await Pool.CreateAsync(volume, default);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 5 0 64k");
        var again = await Pool.StartAsync(volume, default);
        GuestReads(again, 5, 0, 65536);
        await Pool.StopAsync(volume, default);
        Assert.Equal(5, ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 1)[0]);
    }

    [Fact]
    public async Task A_volume_grows_when_its_size_was_raised_while_stopped()
    {
        var volume = Persistent(size: MiB);
        await Pool.CreateAsync(volume, default);
        volume.Size = 3 * MiB;
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 3 2M 64k");
        await Pool.StopAsync(volume, default);
        Assert.Equal(3 * MiB, new FileInfo(PathOf("vm-templates/deb/root.img")).Length);
    }

    [Fact]
    public async Task Stopping_is_quiet_for_what_was_not_started_or_does_not_exist()
    {
        var volume = Persistent();
        await Pool.StopAsync(volume, default);
        await Pool.CreateAsync(volume, default);
        var before = Pool.Revision(volume);
        await Pool.StopAsync(volume, default);
        Assert.Equal(before, Pool.Revision(volume));
    }

    [Fact]
    public async Task A_volume_without_content_does_not_start() =>
        await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(Persistent(), default));

    [Fact]
    public async Task Without_snapshots_the_file_is_used_in_place_and_is_dirty_meanwhile()
    {
        var volume = Persistent(keep: -1);
        await Pool.CreateAsync(volume, default);
        var disk = await Pool.StartAsync(volume, default);
        Assert.Equal("raw", Assert.Single(disk.Layers).Format);
        Assert.True(Pool.IsDirty(volume));
        Assert.Null(Pool.Revision(volume));
        await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(Snapshot(volume), default));
        GuestWrites(disk, "write -P 1 0 64k");
        await Pool.StopAsync(volume, default);
        Assert.Equal(1, ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 1)[0]);
        Assert.False(Pool.IsDirty(volume));
    }

    [Fact]
    public async Task Turning_snapshots_on_over_a_dirty_file_is_refused_until_it_is_stopped()
    {
        var volume = Persistent(keep: -1);
        await Pool.CreateAsync(volume, default);
        await Pool.StartAsync(volume, default);
        volume.OwnRevisionsToKeep = 1;
        await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(volume, default));
        await Pool.StopAsync(volume, default);
        Assert.Equal(2, (await Pool.StartAsync(volume, default)).Layers.Count);
    }

    [Fact]
    public async Task As_many_revisions_are_kept_as_asked_for_the_newest_ones()
    {
        var volume = Persistent(keep: 2);
        await Pool.CreateAsync(volume, default);
        for (var i = 1; i <= 4; i++)
        {
            GuestWrites(await Pool.StartAsync(volume, default), $"write -P {i} 0 64k");
            await Pool.StopAsync(volume, default);
        }
        var kept = Directory_("root.img.*@*Z");
        Assert.Equal([2, 3], kept.Select(path => (int)ReadRaw(path, 0, 1)[0]));
        Assert.Equal(["3", "4"], kept.Select(path => Path.GetFileName(path).Split('.')[2].Split('@')[0]));
    }

    [Fact]
    public async Task Removing_takes_everything_and_is_quiet_when_nothing_is_there()
    {
        var volume = Persistent();
        await Pool.RemoveAsync(volume, default);
        await Pool.CreateAsync(volume, default);
        await Pool.StartAsync(volume, default);
        await Pool.StopAsync(volume, default);
        await Pool.StartAsync(volume, default);
        await Pool.RemoveAsync(volume, default);
        Assert.False(System.IO.Directory.Exists(PathOf("vm-templates/deb")));
        Assert.Equal(0, Pool.Usage(volume));
    }

    [Fact]
    public async Task A_volume_that_is_both_snapshot_and_saved_is_refused()
    {
        var source = Persistent();
        var both = new Sdk.Storage.Volume
        {
            Name = "root",
            Owner = source.Owner,
            Pool = Pool,
            Vid = "appvms/a/root",
            Size = MiB,
            SnapOnStart = true,
            SaveOnStop = true,
            Source = source,
        };
        await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(both, default));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/.hidden")]
    [InlineData("a/b\n")]
    [InlineData("a/root-dirty")]
    [InlineData("")]
    public async Task A_volume_id_that_leads_elsewhere_is_refused(string vid) =>
        await Assert.ThrowsAsync<StorageException>(() => Pool.CreateAsync(Persistent(vid), default));

    private string[] Directory_(string pattern) =>
        [.. System.IO.Directory.GetFiles(PathOf("vm-templates/deb"), pattern).Order(StringComparer.Ordinal)];
}
