using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool.Tests;

/// <summary>The states in which a kill can leave a commit, made by hand.</summary>
public sealed class InterruptedCommitTests : PoolFixture
{
    private string Image => PathOf("vm-templates/deb/root.img");

    private string Overlay => PathOf("vm-templates/deb/root-dirty.qcow2");

    private string Unfinished => PathOf("vm-templates/deb/root-unfinished");

    [Fact]
    public async Task Killed_while_the_new_content_was_written_it_is_done_over()
    {
        var volume = await WrittenAsync();
        File.WriteAllText(Unfinished, "half of it");
        await Pool.StopAsync(volume, default);
        Assert.Equal(6, ReadRaw(Image, 0, 1)[0]);
        Assert.False(File.Exists(Unfinished));
    }

    [Fact]
    public async Task Killed_before_the_overlay_was_deleted_nothing_changes_and_one_revision_is_kept()
    {
        var volume = await WrittenAsync();
        File.Copy(Overlay, PathOf("saved"));
        await Pool.StopAsync(volume, default);
        File.Move(PathOf("saved"), Overlay);

        Assert.True(Pool.IsDirty(volume));
        GuestReads(await Pool.StartAsync(volume, default), 6, 0, 65536);
        await Pool.StopAsync(volume, default);
        Assert.Equal(6, ReadRaw(Image, 0, 1)[0]);
        Assert.Equal(0, ReadRaw(Image, 65536, 1)[0]);
        Assert.False(Pool.IsDirty(volume));
        Assert.Equal(0, ReadRaw(Assert.Single(System.IO.Directory.GetFiles(PathOf("vm-templates/deb"), "root.img.*@*")), 0, 1)[0]);
    }

    [Fact]
    public async Task Killed_after_the_old_content_was_kept_it_is_not_kept_twice()
    {
        var volume = await WrittenAsync(keep: 3);
        new Revisions(new VolumeFiles(base.Directory, volume.Vid), TimeProvider.System).Keep();
        await Pool.StopAsync(volume, default);
        Assert.Single(System.IO.Directory.GetFiles(PathOf("vm-templates/deb"), "root.img.*@*"));
    }

    [Fact]
    public async Task A_cancelled_stop_leaves_old_content_and_overlay()
    {
        var volume = await WrittenAsync();
        var before = Pool.Revision(volume);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pool.StopAsync(volume, new CancellationToken(true)));
        Assert.Equal(before, Pool.Revision(volume));
        await Pool.StopAsync(volume, default);
        Assert.Equal(6, ReadRaw(Image, 0, 1)[0]);
    }

    [Fact]
    public async Task A_damaged_overlay_is_refused_and_the_committed_content_untouched()
    {
        var volume = await WrittenAsync();
        var before = Pool.Revision(volume);
        using (var file = File.OpenHandle(Overlay, access: FileAccess.ReadWrite))
            RandomAccess.Write(file, "XXXX"u8, 0);
        var refusal = await Assert.ThrowsAsync<StorageException>(() => Pool.StopAsync(volume, default));
        Assert.Contains("not a qcow2 image", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Pool.Revision(volume));
        Assert.True(Pool.IsDirty(volume));
    }

    private async Task<Sdk.Storage.Volume> WrittenAsync(int keep = 1)
    {
        var volume = Persistent(keep: keep);
        await Pool.CreateAsync(volume, default);
        GuestWrites(await Pool.StartAsync(volume, default), "write -P 6 0 64k");
        return volume;
    }
}
