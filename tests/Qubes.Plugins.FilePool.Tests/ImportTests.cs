using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool.Tests;

public sealed class ImportTests : PoolFixture
{
    [Fact]
    public async Task An_image_is_moved_in_and_becomes_the_content()
    {
        var volume = await CreatedAsync();
        var before = Pool.Revision(volume);
        var inode = Write("new.raw", 0x42, 1024);
        await Pool.ImportAsync(volume, PathOf("new.raw"), default);
        Assert.False(File.Exists(PathOf("new.raw")));
        Assert.Equal(0x42, ReadRaw(PathOf("vm-templates/deb/root.img"), 1023, 1)[0]);
        Assert.Equal(volume.Size, new FileInfo(PathOf("vm-templates/deb/root.img")).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("vm-templates/deb/root.img")));
        Assert.StartsWith($"{inode}-", Pool.Revision(volume), StringComparison.Ordinal);
        Assert.NotEqual(before, Pool.Revision(volume));
    }

    [Fact]
    public async Task An_image_with_another_name_is_copied_so_that_nobody_can_write_to_the_content()
    {
        var volume = await CreatedAsync();
        Write("new.raw", 0x42, 1024);
        Linux.FileCalls.Link(PathOf("new.raw"), PathOf("other.raw"));
        await Pool.ImportAsync(volume, PathOf("new.raw"), default);
        File.WriteAllBytes(PathOf("other.raw"), new byte[1024]);
        Assert.Equal(0x42, ReadRaw(PathOf("vm-templates/deb/root.img"), 0, 1)[0]);
        Assert.False(File.Exists(PathOf("new.raw")));
    }

    [Fact]
    public async Task A_volume_in_use_takes_no_import()
    {
        var volume = await CreatedAsync();
        await Pool.StartAsync(volume, default);
        Write("new.raw", 1, 512);
        await Assert.ThrowsAsync<StorageException>(() => Pool.ImportAsync(volume, PathOf("new.raw"), default));
        Assert.True(File.Exists(PathOf("new.raw")));
    }

    [Fact]
    public async Task A_volume_that_is_not_kept_takes_no_import()
    {
        Write("new.raw", 1, 512);
        await Assert.ThrowsAsync<StorageException>(() => Pool.ImportAsync(Volatile(), PathOf("new.raw"), default));
    }

    [Fact]
    public async Task Only_a_plain_file_with_content_is_taken()
    {
        var volume = await CreatedAsync();
        File.WriteAllBytes(PathOf("empty"), []);
        File.CreateSymbolicLink(PathOf("link"), "/etc/passwd");
        foreach (var name in (string[])["missing", "empty", "link", "vm-templates"])
            await Assert.ThrowsAsync<StorageException>(() => Pool.ImportAsync(volume, PathOf(name), default));
    }

    [Fact]
    public async Task A_pool_needs_an_absolute_directory_and_known_options()
    {
        var driver = new FilePoolDriver(TimeProvider.System);
        foreach (var (key, value) in ((string, string)[])[("dir_path", "relative"), ("revisions_to_keep", "1")])
        {
            await Assert.ThrowsAsync<StorageException>(() => driver.OpenAsync(
                new("p", "file", new Dictionary<string, string> { [key] = value }), default));
        }
        var unknown = await Assert.ThrowsAsync<StorageException>(() => driver.OpenAsync(
            new("p", "file", new Dictionary<string, string> { ["dir_path"] = Directory, ["volume_group"] = "x" }), default));
        Assert.Contains("volume_group", unknown.Message, StringComparison.Ordinal);
    }

    private async Task<Sdk.Storage.Volume> CreatedAsync()
    {
        var volume = Persistent();
        await Pool.CreateAsync(volume, default);
        return volume;
    }

    private ulong Write(string name, byte pattern, int count)
    {
        File.WriteAllBytes(PathOf(name), [.. Enumerable.Repeat(pattern, count)]);
        return Linux.FileFacts.Of(PathOf(name))!.Inode;
    }
}
