using NSubstitute;
using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Storage.Conformance;
using Xunit.Abstractions;

namespace Qubes.Plugins.FilePool.Tests.FileSystems;

/// <summary>What the driver <c>file-reflink</c> promises, measured on the file system.</summary>
public sealed class SharedBlocksTests(ITestOutputHelper output)
{
    private const long MiB = 1 << 20;
    private const long Content = 64 * MiB;

    [Fact]
    public Task A_clone_and_a_commit_share_blocks_on_XFS() => MeasureAsync(MountedImage.Xfs);

    [Fact]
    public Task A_clone_and_a_commit_share_blocks_on_Btrfs() => MeasureAsync(MountedImage.Btrfs);

    [Fact]
    public async Task A_file_system_that_cannot_share_is_refused_unless_it_is_not_to_be_checked()
    {
        using var image = MountedImage.XfsWithoutSharing();
        var refusal = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(image.Directory));
        Assert.Contains("setup_check=False", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(image.Directory));

        var pool = await OpenAsync(image.Directory, ("setup_check", "False"));
        var (source, clone) = (Volume(pool, "a"), Volume(pool, "b"));
        await FillAsync(source);
        await pool.CloneAsync(clone, source, default);
        Assert.Equal(pool.Usage(source), pool.Usage(clone));
        Assert.True(image.Used > 2 * Content, "a copy takes the room of one");
    }

    [Fact]
    public async Task Setup_check_is_True_or_False()
    {
        using var image = MountedImage.Xfs();
        await Assert.ThrowsAsync<StorageException>(() => OpenAsync(image.Directory, ("setup_check", "no")));
        Assert.Equal("file-reflink", (await OpenAsync(image.Directory, ("setup_check", "True"))).Configuration.Driver);
    }

    private async Task MeasureAsync(Func<MountedImage> mount)
    {
        using var image = mount();
        var pool = await OpenAsync(image.Directory);
        var (source, clone) = (Volume(pool, "a"), Volume(pool, "b"));
        await FillAsync(source);
        var filled = image.Used;
        Assert.True(filled > Content);

        await pool.CloneAsync(clone, source, default);
        var cloned = image.Used - filled;
        output.WriteLine($"a clone of {Content} bytes takes {cloned} bytes");
        Assert.InRange(cloned, -MiB, MiB); // XFS gives back what it had set aside

        await CommitAsync(source, 5, 4 * MiB, offset: 8 * MiB);
        var committed = image.Used - filled - cloned;
        output.WriteLine($"a commit of {4 * MiB} changed bytes, the old {Content} kept as a revision, takes {committed} bytes");
        Assert.InRange(committed, 3 * MiB, 6 * MiB);
        Assert.Single(pool.Revisions(source));

        await pool.ResizeAsync(source, 2 * Content, default);
        var resized = image.Used - filled - cloned - committed;
        output.WriteLine($"making it twice as large takes {resized} bytes");
        Assert.InRange(resized, -MiB, MiB);
    }

    private static async Task<IStoragePool> OpenAsync(string directory, params (string, string)[] options)
    {
        var all = options.ToDictionary(option => option.Item1, option => option.Item2);
        all["dir_path"] = directory;
        return await new FilePoolDriver(TimeProvider.System, sharesBlocks: true).OpenAsync(new("p", "file-reflink", all), default);
    }

    private static Volume Volume(IStoragePool pool, string name) => new()
    {
        Name = "private",
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = $"appvms/{name}/private",
        Size = Content,
        SaveOnStop = true,
    };

    private static async Task FillAsync(Volume volume)
    {
        await volume.Pool.CreateAsync(volume, default);
        await CommitAsync(volume, 1, Content, 0);
        volume.OwnRevisionsToKeep = 0;
        await volume.Pool.PruneRevisionsAsync(volume, default);
        volume.OwnRevisionsToKeep = 1;
    }

    private static async Task CommitAsync(Volume volume, byte pattern, long count, long offset)
    {
        await new QemuDisk().WriteAsync(await volume.Pool.StartAsync(volume, default), pattern, offset, count, default);
        await volume.Pool.StopAsync(volume, default);
    }
}
