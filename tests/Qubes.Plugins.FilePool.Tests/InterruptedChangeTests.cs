using Qubes.Plugins.FilePool.Drivers;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Tests;

/// <summary>
/// The states in which a kill can leave a resize, a revert, an import and a clone, made by hand: each is its steps up to one of
/// them. A new daemon opens the pool then, and starts and stops the volume.
/// </summary>
public sealed class InterruptedChangeTests : PoolFixture
{
    private string Image => PathOf("vm-templates/deb/root.img");

    private string Unfinished => PathOf("vm-templates/deb/root-unfinished");

    private string ImportFile => PathOf("vm-templates/deb/root-import.img");

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(8 * MiB)]
    public async Task Killed_while_a_resize_a_clone_or_an_image_was_copied_the_old_content_stays(long length)
    {
        var volume = await CommittedAsync(1);
        var before = Pool.Revision(volume);
        using (var half = new FileStream(Unfinished, FileMode.CreateNew))
            half.SetLength(length);
        var pool = await ReopenedAsync();
        Assert.Equal(before, pool.Revision(volume));
        GuestReads(await pool.StartAsync(volume, default), 1, 0, 65536);
        Assert.False(File.Exists(Unfinished));
        await pool.StopAsync(volume, default);
        await pool.ResizeAsync(volume, 8 * MiB, default);
        Assert.Equal(1, ReadRaw(Image, 0, 1)[0]);
    }

    [Fact]
    public async Task Killed_after_a_resize_before_the_kernel_kept_the_size_the_content_decides()
    {
        var volume = await CommittedAsync(1);
        await Pool.ResizeAsync(volume, 8 * MiB, default); // the volume still says 4 MiB
        var pool = await ReopenedAsync();
        GuestWrites(await pool.StartAsync(volume, default), "write -P 2 7M 64k");
        await pool.StopAsync(volume, default);
        Assert.Equal(8 * MiB, new FileInfo(Image).Length);
        Assert.Equal(2, ReadRaw(Image, 7 * MiB, 1)[0]);
    }

    [Fact]
    public async Task Killed_after_a_resize_in_use_before_the_machine_heard_of_it_the_kept_size_counts()
    {
        var volume = await CommittedAsync(1);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 2 0 64k");
        await Pool.ResizeAsync(volume, 8 * MiB, default);
        volume.Size = 8 * MiB;
        var pool = await ReopenedAsync();
        await pool.StopAsync(volume, default);
        Assert.Equal(8 * MiB, new FileInfo(Image).Length);
        Assert.Equal(2, ReadRaw(Image, 0, 1)[0]);
    }

    [Fact]
    public async Task Killed_in_a_revert_after_the_current_content_was_kept_it_is_done_over()
    {
        var volume = await CommittedAsync(1, 2);
        var old = Pool.Revisions(volume)[^1];
        new Revisions(new VolumeFiles(base.Directory, volume.Vid), TimeProvider.System).Keep();

        var pool = await ReopenedAsync();
        Assert.Equal(old, pool.Revisions(volume)[^1]); // the second name of what is current is no revision
        GuestReads(await pool.StartAsync(volume, default), 2, 0, 65536);
        await pool.StopAsync(volume, default);
        await pool.RevertAsync(volume, old.Id, default);
        Assert.Equal(1, ReadRaw(Image, 0, 1)[0]);
    }

    [Fact]
    public async Task A_second_name_of_the_current_content_cannot_be_reverted_to()
    {
        var volume = await CommittedAsync(1);
        new Revisions(new VolumeFiles(base.Directory, volume.Vid), TimeProvider.System).Keep();
        var ghost = Path.GetFileName(System.IO.Directory.GetFiles(PathOf("vm-templates/deb"), "root.img.2@*").Single())
            ["root.img.".Length..].Replace('@', '-');
        await Assert.ThrowsAsync<VolumeRevisionNotFoundException>(() => Pool.RevertAsync(volume, ghost, default));
    }

    [Fact]
    public async Task Killed_after_a_reverts_rename_all_is_done_but_for_pruning()
    {
        var volume = await CommittedAsync(1, 2, 3);
        var files = System.IO.Directory.GetFiles(PathOf("vm-templates/deb"), "root.img.*@*").Order(StringComparer.Ordinal).ToArray();
        new Revisions(new VolumeFiles(base.Directory, volume.Vid), TimeProvider.System).Keep();
        FileCalls.Rename(files[^1], Image);

        var pool = await ReopenedAsync();
        Assert.Equal(2, ReadRaw(Image, 0, 1)[0]);
        await pool.RevertAsync(volume, pool.Revisions(volume)[^1].Id, default);
        Assert.Equal(3, ReadRaw(Image, 0, 1)[0]);
        Assert.Equal(3, pool.Revisions(volume).Count);
    }

    [Fact]
    public async Task Killed_during_an_import_its_file_is_forgotten_at_the_next_start_or_import()
    {
        var volume = await CommittedAsync(1);
        File.WriteAllBytes(await Pool.BeginImportAsync(volume, 4 * MiB, default), new byte[1000]);
        var pool = await ReopenedAsync();
        await Assert.ThrowsAsync<StorageException>(() => pool.EndImportAsync(volume, commit: true, default));
        GuestReads(await pool.StartAsync(volume, default), 1, 0, 65536);
        Assert.False(File.Exists(ImportFile));
        await pool.StopAsync(volume, default);

        File.WriteAllBytes(ImportFile, new byte[1000]);
        Assert.Equal(2 * MiB, new FileInfo(await pool.BeginImportAsync(volume, 2 * MiB, default)).Length);
        await pool.EndImportAsync(volume, commit: true, default);
        Assert.Equal(2 * MiB, new FileInfo(Image).Length);
    }

    [Fact]
    public async Task Killed_while_an_import_ended_after_the_old_content_was_kept_it_is_kept_once()
    {
        var volume = await CommittedAsync(1);
        await Pool.BeginImportAsync(volume, 4 * MiB, default);
        new Revisions(new VolumeFiles(base.Directory, volume.Vid), TimeProvider.System).Keep();
        var pool = await ReopenedAsync();
        var count = pool.Revisions(volume).Count;
        await pool.BeginImportAsync(volume, 4 * MiB, default);
        await pool.EndImportAsync(volume, commit: true, default);
        Assert.Equal(count + 1, pool.Revisions(volume).Count);
    }

    [Theory]
    [InlineData(4 * MiB - 1)]
    [InlineData(4 * MiB + 1)]
    public async Task An_import_whose_file_has_another_length_is_refused_and_leaves_nothing(long length)
    {
        var volume = await CommittedAsync(1);
        using (var file = File.OpenWrite(await Pool.BeginImportAsync(volume, 4 * MiB, default)))
            file.SetLength(length);
        await RefusedAsync(volume);
    }

    [Fact]
    public async Task An_import_file_that_has_another_name_or_is_a_link_is_refused()
    {
        var volume = await CommittedAsync(1);
        FileCalls.Link(await Pool.BeginImportAsync(volume, 4 * MiB, default), PathOf("other"));
        await RefusedAsync(volume);
        File.Delete(await Pool.BeginImportAsync(volume, 4 * MiB, default));
        File.CreateSymbolicLink(ImportFile, "/etc/passwd");
        await RefusedAsync(volume);
    }

    [Fact]
    public async Task A_volume_that_was_started_during_an_import_keeps_what_its_guest_wrote()
    {
        var volume = await CommittedAsync(1);
        await Pool.BeginImportAsync(volume, 4 * MiB, default);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 5 0 64k");
        await RefusedAsync(volume);
        await Pool.StopAsync(volume, default);
        Assert.Equal(5, ReadRaw(Image, 0, 1)[0]);
    }

    private async Task RefusedAsync(Volume volume)
    {
        var before = Pool.Revision(volume);
        await Assert.ThrowsAsync<StorageException>(() => Pool.EndImportAsync(volume, commit: true, default));
        Assert.Equal(before, Pool.Revision(volume));
        Assert.False(File.Exists(ImportFile));
    }

    private Task<IStoragePool> ReopenedAsync() =>
        new FilePoolDriver(TimeProvider.System).OpenAsync(Pool.Configuration, default);

    private async Task<Volume> CommittedAsync(params byte[] patterns)
    {
        var volume = Persistent(keep: 3);
        await Pool.CreateAsync(volume, default);
        foreach (var pattern in patterns)
        {
            GuestWrites(await Pool.StartAsync(volume, default), $"write -P {pattern} 0 64k");
            await Pool.StopAsync(volume, default);
        }
        return volume;
    }
}
