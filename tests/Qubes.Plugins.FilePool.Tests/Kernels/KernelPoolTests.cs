using NSubstitute;
using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Tests.Kernels;

public sealed class KernelPoolTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("qubes-kernels-").FullName;
    private string kernel = "6.12-1";
    private IStoragePool pool = null!;

    public async Task InitializeAsync()
    {
        Add("6.12-1", "vmlinuz", "modules.img");
        Add("6.18-2", "vmlinuz");
        Add("broken");
        pool = await OpenAsync(("dir_path", directory + "/"));
    }

    public Task DisposeAsync()
    {
        Directory.Delete(directory, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_volume_shows_the_modules_of_the_qubes_kernel_and_follows_it()
    {
        var volume = Volume();
        var shown = await pool.StartAsync(volume, default);
        Assert.Equal(new DiskLayer(directory + "/6.12-1/modules.img", "raw"), Assert.Single(shown.Layers));
        Assert.False(shown.IsWritable);
        Assert.Equal(shown.Layers[0].Path, pool.PathOf(volume));

        kernel = "6.18-2";
        Assert.False((await pool.StartAsync(volume, default)).IsPresent);
        Assert.Equal("", pool.PathOf(volume));
        await pool.VerifyAsync(volume, default);
        await pool.StopAsync(volume, default);
    }

    [Fact]
    public async Task Without_a_kernel_there_is_no_disk_and_nothing_to_verify()
    {
        kernel = "";
        await pool.VerifyAsync(Volume(), default);
        Assert.False((await pool.StartAsync(Volume(), default)).IsPresent);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("missing")]
    [InlineData("..")]
    [InlineData("../6.12-1")]
    [InlineData("6.12-1/")]
    [InlineData("6.12-1\n")]
    public async Task A_kernel_without_an_image_or_with_no_name_of_one_is_refused(string name)
    {
        kernel = name;
        await Assert.ThrowsAsync<StorageException>(() => pool.VerifyAsync(Volume(), default));
    }

    [Fact]
    public async Task Modules_that_are_no_plain_file_are_not_shown()
    {
        File.CreateSymbolicLink(directory + "/6.18-2/modules.img", "/etc/passwd");
        kernel = "6.18-2";
        Assert.False((await pool.StartAsync(Volume(), default)).IsPresent);
    }

    [Fact]
    public async Task Nothing_is_ever_changed_or_copied()
    {
        var volume = Volume();
        var persistent = Persistent();
        await pool.CreateAsync(volume, default);
        await pool.PruneRevisionsAsync(volume, default);
        foreach (var operation in (Func<Task>[])[
            () => pool.ResizeAsync(volume, 1, default),
            () => pool.RevertAsync(volume, "1", default),
            () => pool.BeginImportAsync(volume, 1, default),
            () => pool.EndImportAsync(volume, true, default),
            () => pool.ImportAsync(volume, "/x", default),
            () => pool.ExportAsync(volume, default),
            () => pool.CloneAsync(persistent, persistent, default),
            () => pool.StartAsync(persistent, default)])
        {
            var refusal = await Assert.ThrowsAsync<StorageException>(operation);
            Assert.Contains("linux-kernel", refusal.Message, StringComparison.Ordinal);
        }
        await pool.CloneAsync(volume, persistent, default);
        await pool.RemoveAsync(volume, default);
        Assert.True(File.Exists(directory + "/6.12-1/modules.img"));
        Assert.False(pool.IsDirty(volume) || pool.IsOutdated(volume));
        Assert.Equal((0L, null, 0), (pool.Usage(volume), pool.Revision(volume), pool.Revisions(volume).Count));
    }

    [Fact]
    public async Task A_volume_that_is_writable_is_refused()
    {
        var volume = Volume();
        volume.IsWritable = true;
        await Assert.ThrowsAsync<StorageException>(() => pool.StartAsync(volume, default));
    }

    [Fact]
    public async Task Kernels_are_listed_and_a_directory_without_any_is_no_fault()
    {
        Directory.CreateDirectory(directory + "/.hidden");
        File.WriteAllText(directory + "/README", "");
        Assert.Equal(["6.12-1", "6.18-2", "broken"], pool.Vids());
        Assert.Equal(directory, pool.Directory);
        Assert.Equal(new PoolUsage(null, null), pool.Measure());
        Assert.Empty((await OpenAsync(("dir_path", directory + "/none"))).Vids());
    }

    [Fact]
    public async Task It_has_the_option_dir_path_and_no_other()
    {
        await Assert.ThrowsAsync<StorageException>(() => OpenAsync());
        await Assert.ThrowsAsync<StorageException>(() => OpenAsync(("dir_path", "relative")));
        await Assert.ThrowsAsync<StorageException>(() => OpenAsync(("dir_path", directory), ("revisions_to_keep", "1")));
    }

    private static Task<IStoragePool> OpenAsync(params (string Key, string Value)[] options) =>
        new KernelPoolDriver().OpenAsync(
            new("kernels", "linux-kernel", options.ToDictionary(option => option.Key, option => option.Value)), default);

    private void Add(string name, params string[] files)
    {
        Directory.CreateDirectory($"{directory}/{name}");
        foreach (var file in files)
            File.WriteAllText($"{directory}/{name}/{file}", "x");
    }

    private Volume Volume() => new()
    {
        Name = "kernel",
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = "",
        FollowedVid = () => kernel,
        Size = 0,
        IsWritable = false,
    };

    private Volume Persistent() => new()
    {
        Name = "root",
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = "6.12-1",
        Size = 1,
        SaveOnStop = true,
    };
}
