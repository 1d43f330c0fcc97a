using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Tests;

/// <summary>What the conformance kit cannot see: which files there are, and what they share.</summary>
public sealed class ChangeTests : PoolFixture
{
    private string Image => PathOf("vm-templates/deb/root.img");

    [Fact]
    public async Task Resizing_writes_a_new_file_and_leaves_the_one_that_snapshots_and_revisions_have()
    {
        var volume = await CommittedAsync();
        var snapshot = Snapshot(volume);
        var disk = await Pool.StartAsync(snapshot, default);
        await Pool.ResizeAsync(volume, MiB, default);
        Assert.Equal(MiB, new FileInfo(Image).Length);
        Assert.True(Pool.IsOutdated(snapshot));
        GuestReads(disk, 6, 3 * MiB, MiB);
        Assert.Single(Pool.Revisions(volume));
    }

    [Fact]
    public async Task Resizing_to_the_same_size_changes_nothing()
    {
        var volume = await CommittedAsync();
        var before = Pool.Revision(volume);
        await Pool.ResizeAsync(volume, volume.Size, default);
        Assert.Equal(before, Pool.Revision(volume));
    }

    [Fact]
    public async Task A_snapshot_grows_at_its_next_start_and_is_never_smaller_than_its_source()
    {
        var snapshot = Snapshot(await CommittedAsync());
        await Assert.ThrowsAsync<StorageException>(() => Pool.ResizeAsync(snapshot, MiB, default));
        await Pool.ResizeAsync(snapshot, 6 * MiB, default);
        snapshot.Size = 6 * MiB;
        var disk = await Pool.StartAsync(snapshot, default);
        GuestWrites(disk, "write -P 1 5M 64k");
        await Assert.ThrowsAsync<StorageException>(() => Pool.ResizeAsync(snapshot, 5 * MiB, default));
    }

    [Fact]
    public async Task A_volatile_volume_in_use_grows_at_once()
    {
        var volume = Volatile();
        await Pool.ResizeAsync(volume, 6 * MiB, default);
        var disk = await Pool.StartAsync(volume, default);
        await Pool.ResizeAsync(volume, 16 * MiB, default);
        GuestWrites(disk, "write -P 1 15M 64k");
        await Assert.ThrowsAsync<StorageException>(() => Pool.ResizeAsync(volume, MiB, default));
    }

    [Fact]
    public async Task An_ephemeral_volume_says_so_to_its_machine_and_keeps_its_size_in_use()
    {
        var volume = Volatile();
        Assert.False((await Pool.StartAsync(volume, default)).IsEphemeral);
        volume.OwnEphemeral = true;
        await Pool.VerifyAsync(volume, default);
        Assert.True((await Pool.StartAsync(volume, default)).IsEphemeral);
        await Assert.ThrowsAsync<StorageException>(() => Pool.ResizeAsync(volume, 16 * MiB, default));
        await Pool.StopAsync(volume, default);
        await Pool.ResizeAsync(volume, 16 * MiB, default);
    }

    [Fact]
    public async Task Only_a_writable_volatile_volume_starts_as_ephemeral()
    {
        var persistent = await CommittedAsync();
        var (snapshot, fixedVolume) = (Snapshot(persistent), Volatile());
        fixedVolume.IsWritable = false;
        foreach (var volume in (Volume[])[persistent, snapshot, fixedVolume])
        {
            volume.OwnEphemeral = true;
            await Assert.ThrowsAsync<StorageException>(() => Pool.StartAsync(volume, default));
            await Assert.ThrowsAsync<StorageException>(() => Pool.VerifyAsync(volume, default));
        }
    }

    [Fact]
    public async Task A_working_copy_that_a_crash_left_too_small_is_committed_and_begun_anew()
    {
        var volume = await CommittedAsync();
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 7 0 64k");
        await Pool.ResizeAsync(volume, 8 * MiB, default);
        volume.Size = 8 * MiB;
        var disk = await Pool.StartAsync(volume, default);
        GuestReads(disk, 7, 0, 65536);
        GuestWrites(disk, "write -P 8 7M 64k");
        await Pool.StopAsync(volume, default);
        Assert.Equal(8 * MiB, new FileInfo(Image).Length);
        Assert.Equal(8, ReadRaw(Image, 7 * MiB, 1)[0]);
    }

    [Fact]
    public async Task What_a_machine_grew_itself_is_committed_in_its_size()
    {
        var volume = await CommittedAsync();
        var disk = await Pool.StartAsync(volume, default);
        Run("qemu-img", "resize", "-q", disk.Layers[0].Path, "9M");
        GuestWrites(disk, "write -P 9 8M 64k");
        await Pool.StopAsync(volume, default);
        Assert.Equal(9 * MiB, new FileInfo(Image).Length);
        Assert.Equal(9, ReadRaw(Image, 8 * MiB, 1)[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_size_that_cannot_be_is_refused(long size)
    {
        var volume = await CommittedAsync();
        await Assert.ThrowsAsync<StorageException>(() => Pool.ResizeAsync(volume, size, default));
        await Assert.ThrowsAsync<StorageException>(() => Pool.BeginImportAsync(volume, size, default));
        Assert.False(File.Exists(PathOf("vm-templates/deb/root-import.img")));
    }

    [Fact]
    public async Task Files_of_others_are_no_revisions()
    {
        var volume = await CommittedAsync();
        var id = Assert.Single(Pool.Revisions(volume)).Id;
        foreach (var ending in (string[])["x@y", "0@2026-01-01T00:00:00Z", "01@2026-01-01T00:00:00Z", "2@2026-13-01T00:00:00Z", "@", "2", "2@"])
            File.WriteAllText($"{Image}.{ending}", "");
        File.WriteAllText(PathOf("vm-templates/deb/root2.img.7@2026-01-01T00:00:00Z"), "");
        Assert.Equal(id, Assert.Single(Pool.Revisions(volume)).Id);
        Assert.Matches("^1-20..-..-..T..:..:..Z$", id);
    }

    [Fact]
    public async Task Listing_passes_over_files_of_others()
    {
        await CommittedAsync();
        await Pool.StartAsync(Volatile(), default);
        foreach (var path in (string[])["appvms/x/notes.txt", "appvms/x/.img", "appvms/x/a b.img", "vm-kernels/6/modules.img", "root.img", "appvms/a.img"])
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
            File.WriteAllText(PathOf(path), "");
        }
        System.IO.Directory.CreateDirectory(PathOf("appvms/x/deep.img"));
        System.IO.Directory.CreateSymbolicLink(PathOf("appvms/link"), PathOf("vm-templates/deb"));
        Assert.Equal(["appvms/disp1/volatile", "vm-templates/deb/root"], Pool.Vids());
    }

    [Fact]
    public async Task What_verifying_finds()
    {
        var volume = await CommittedAsync();
        await Pool.VerifyAsync(volume, default);
        await Pool.VerifyAsync(Snapshot(volume), default);
        var disk = await Pool.StartAsync(volume, default);
        await Pool.VerifyAsync(volume, default);
        File.WriteAllText(disk.Layers[0].Path, "damaged");
        await Assert.ThrowsAsync<StorageException>(() => Pool.VerifyAsync(volume, default));
        File.Delete(disk.Layers[0].Path);
        File.Delete(Image);
        File.CreateSymbolicLink(Image, "/etc/passwd");
        await Assert.ThrowsAsync<StorageException>(() => Pool.VerifyAsync(volume, default));
    }

    [Fact]
    public async Task A_pool_measures_its_file_system()
    {
        var usage = Pool.Measure();
        Assert.Equal(new DriveInfo(Directory).TotalSize, usage.Size);
        Assert.InRange(usage.Used!.Value, 1, usage.Size!.Value);
        Assert.Equal(Directory, Pool.Directory);
        var volume = await CommittedAsync();
        Assert.Equal(Image, Pool.PathOf(volume));
        Assert.Equal(PathOf("appvms/disp1/root-dirty.qcow2"), Pool.PathOf(Snapshot(volume)));
        Assert.Equal(PathOf("appvms/disp1/volatile-dirty.img"), Pool.PathOf(Volatile()));
    }

    [Theory]
    [InlineData("revisions_to_keep", "-2")]
    [InlineData("revisions_to_keep", "")]
    [InlineData("revisions_to_keep", "1.5")]
    [InlineData("revisions_to_keep", "99999999999")]
    [InlineData("ephemeral_volatile", "true")]
    [InlineData("ephemeral_volatile", "yes")]
    [InlineData("setup_check", "True")]
    public async Task A_malformed_option_is_refused_in_one_line(string option, string value)
    {
        var options = new Dictionary<string, string> { ["dir_path"] = Directory, [option] = value };
        var refusal = await Assert.ThrowsAsync<StorageException>(
            () => new FilePoolDriver(TimeProvider.System).OpenAsync(new PoolConfiguration("p", "file", options), default));
        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clone_comes_from_a_pool_of_another_driver_too()
    {
        var foreign = new Sdk.Testing.Storage.SimulatedPool(new("other", "simulated", new Dictionary<string, string>()), TimeProvider.System);
        var source = new Volume { Name = "root", Owner = Persistent().Owner, Pool = foreign, Vid = "x", Size = 2 * MiB, SaveOnStop = true };
        await foreign.CreateAsync(source, default);
        var volume = await CommittedAsync();
        await Pool.CloneAsync(volume, source, default);
        Assert.Equal(2 * MiB, new FileInfo(Image).Length);
        Assert.Equal(0, ReadRaw(Image, 0, 1)[0]);
    }

    private async Task<Volume> CommittedAsync()
    {
        var volume = Persistent();
        await Pool.CreateAsync(volume, default);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 6 0 4M");
        await Pool.StopAsync(volume, default);
        return volume;
    }
}
