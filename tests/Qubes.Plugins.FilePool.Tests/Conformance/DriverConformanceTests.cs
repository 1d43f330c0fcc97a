using NSubstitute;
using Qubes.Plugins.FilePool.Drivers;
using Qubes.Plugins.FilePool.Tests.FileSystems;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Storage.Conformance;

namespace Qubes.Plugins.FilePool.Tests.Conformance;

/// <summary>Every driver holds every rule, on every kind of file system it is used on.</summary>
public sealed class DriverConformanceTests
{
    [Fact]
    public async Task Driver_file_holds_every_rule_where_the_temporary_files_are()
    {
        var directory = Directory.CreateTempSubdirectory("qubes-pool-").FullName;
        try
        {
            await CheckAsync(new FilePoolDriver(TimeProvider.System), directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Driver_file_holds_every_rule_on_XFS()
    {
        using var image = MountedImage.Xfs();
        await CheckAsync(new FilePoolDriver(TimeProvider.System), image.Directory);
    }

    [Fact]
    public async Task Driver_file_reflink_holds_every_rule_on_XFS()
    {
        using var image = MountedImage.Xfs();
        await CheckAsync(new FilePoolDriver(TimeProvider.System, sharesBlocks: true), image.Directory);
    }

    [Fact]
    public async Task Driver_file_reflink_holds_every_rule_on_Btrfs()
    {
        using var image = MountedImage.Btrfs();
        await CheckAsync(new FilePoolDriver(TimeProvider.System, sharesBlocks: true), image.Directory);
    }

    [Fact]
    public Task The_simulated_pool_holds_every_rule_but_for_bytes() =>
        CheckAsync(new SimulatedPoolDriver(), "/nowhere", disk: null);

    [Fact]
    public async Task The_kit_notices_a_pool_that_breaks_rules()
    {
        var pool = Substitute.For<IStoragePool>();
        pool.Vids().Returns([]);
        var kit = new StoragePoolKit(pool, Substitute.For<IQube>(), disk: null);
        var broken = await Assert.ThrowsAsync<StorageRuleException>(() => kit.AllAsync(default));
        Assert.Contains("A persistent volume is created once", broken.Message, StringComparison.Ordinal);
        Assert.True(broken.Message.Split('\n').Length > kit.Rules.Count / 2, broken.Message);
    }

    private static Task CheckAsync(IStoragePoolDriver driver, string directory) => CheckAsync(driver, directory, new QemuDisk());

    private static async Task CheckAsync(IStoragePoolDriver driver, string directory, IGuestDisk? disk)
    {
        var options = new Dictionary<string, string> { ["dir_path"] = directory };
        var pool = await driver.OpenAsync(new PoolConfiguration("kit", driver.Name, options), default);
        await new StoragePoolKit(pool, Substitute.For<IQube>(), disk).AllAsync(default);
        Assert.Empty(pool.Vids());
    }
}
