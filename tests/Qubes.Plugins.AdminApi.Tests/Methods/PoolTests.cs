using FsCheck;
using FsCheck.Fluent;
using NSubstitute;
using Qubes.Plugins.AdminApi.Methods.Pools;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class PoolTests
{
    [Fact]
    public async Task Pools_and_drivers_are_listed()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0varlibqubes\ninner\n", await daemon.CallAsync("admin.pool.List+"));
        Assert.Equal("0\0file revisions_to_keep dir_path\nplain \n", await daemon.CallAsync("admin.pool.ListDrivers+"));
        Assert.Equal("0\0a\nb/c\n", await daemon.CallAsync("admin.pool.volume.List+varlibqubes"));
    }

    [Fact]
    public async Task A_pool_is_described_by_its_configuration_and_how_full_it_is()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal(
            "0\0dir_path=/var/lib/qubes\ndriver=file\nephemeral_volatile=False\nname=varlibqubes\nrevisions_to_keep=2\nsize=1000\nusage=10\n",
            await daemon.CallAsync("admin.pool.Info+varlibqubes"));
        Assert.Equal("0\0data_size=1000\ndata_usage=10\n", await daemon.CallAsync("admin.pool.UsageDetails+varlibqubes"));
    }

    [Fact]
    public async Task A_pool_inside_another_says_so_and_leaves_out_what_its_driver_cannot_say()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal(
            "0\0dir_path=/var/lib/qubes/inner\ndriver=file\nephemeral_volatile=False\nname=inner\nrevisions_to_keep=1\nincluded_in=varlibqubes\n",
            await daemon.CallAsync("admin.pool.Info+inner"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.pool.UsageDetails+inner"));
    }

    [Theory]
    [InlineData("Add+file", "name=new\ndir_path=/srv", "add new file dir_path=/srv")]
    [InlineData("Add+file", "revisions_to_keep=-1\nname=new\n", "add new file revisions_to_keep=-1")]
    [InlineData("Add+file", "name=new\ndir_path=a=b", "add new file dir_path=a=b")]
    [InlineData("Remove+inner", "", "remove inner")]
    [InlineData("Set.revisions_to_keep+inner", "3", "set inner revisions_to_keep=3")]
    [InlineData("Set.revisions_to_keep+inner", "-1", "set inner revisions_to_keep=-1")]
    [InlineData("Set.ephemeral_volatile+inner", "yes", "set inner ephemeral_volatile=True")]
    [InlineData("Set.ephemeral_volatile+inner", "False", "set inner ephemeral_volatile=False")]
    public async Task A_pool_is_changed(string call, string payload, string done)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.pool." + call, "dom0", payload));
        Assert.Equal(done, Assert.Single(daemon.Qubes.DoneToPools));
    }

    [Theory]
    [InlineData("Info+nosuch", "", "PermissionDenied", "Argument not in 'pools'")]
    [InlineData("UsageDetails+nosuch", "", "PermissionDenied", "Argument not in 'pools'")]
    [InlineData("volume.List+nosuch", "", "PermissionDenied", "Argument not in 'pools'")]
    [InlineData("Remove+nosuch", "", "PermissionDenied", "Argument not in 'pools'")]
    [InlineData("Set.revisions_to_keep+nosuch", "1", "PermissionDenied", "Argument not in 'pools'")]
    [InlineData("Set.revisions_to_keep+inner", "-2", "ProtocolError", "-1 or more")]
    [InlineData("Set.revisions_to_keep+inner", "01", "ProtocolError", "in decimal")]
    [InlineData("Set.revisions_to_keep+inner", " 1", "ProtocolError", "in decimal")]
    [InlineData("Set.ephemeral_volatile+inner", "maybe", "ProtocolError", "expected True or False")]
    [InlineData("Add+nosuch", "name=new", "PermissionDenied", "Argument not in 'available drivers'")]
    [InlineData("Add+file", "dir_path=/srv", "ProtocolError", "missing key name")]
    [InlineData("Add+file", "name=", "ProtocolError", "invalid pool name")]
    [InlineData("Add+file", "name=a/b", "ProtocolError", "invalid pool name")]
    [InlineData("Add+file", "name=a\nname=b", "ProtocolError", "duplicate key name")]
    [InlineData("Add+file", "name=a\nthin_pool=x", "ProtocolError", "unknown key thin_pool")]
    [InlineData("Add+file", "name=a\ndir_path", "ProtocolError", "KEY=VALUE")]
    [InlineData("Add+file", "name=a\n\n", "ProtocolError", "KEY=VALUE")]
    [InlineData("Add+file", "name=a\nrevisions_to_keep=-2", "ProtocolError", "-1 or more")]
    [InlineData("Add+file", "name=a\ndir_path=\u00e9", "ProtocolError", "printable ASCII")]
    [InlineData("Add+file", "name=a\ndir_path=\0", "ProtocolError", "printable ASCII")]
    public async Task A_call_that_does_not_fit_is_refused_and_changes_nothing(
        string call, string payload, string wireClass, string part)
    {
        await using TestDaemon daemon = await StartAsync();
        string answer = await daemon.CallAsync("admin.pool." + call, "dom0", payload);
        Assert.StartsWith($"2\0{wireClass}\0\0", answer, StringComparison.Ordinal);
        Assert.Contains(part, answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Qubes.DoneToPools);
    }

    [Fact]
    public void Any_pool_payload_is_taken_apart_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) =>
    {
        try
        {
            return PoolPayload.Parse([.. "name=p\n"u8, .. bytes], "file", ["dir_path", "revisions_to_keep"]).Name == "p";
        }
        catch (ProtocolException)
        {
            return true;
        }
    }));

    private static Task<TestDaemon> StartAsync() => TestDaemon.StartAsync(d =>
    {
        d.Qubes.Pools.Add(Pool("varlibqubes", "/var/lib/qubes", new(1000, 10), ("revisions_to_keep", "2")));
        d.Qubes.Pools.Add(Pool("inner", "/var/lib/qubes/inner", new(null, null)));
        d.Extensions.Add(Driver("file", "revisions_to_keep", "dir_path"));
        d.Extensions.Add(Driver("plain"));
    });

    private static IStoragePool Pool(string name, string directory, PoolUsage usage, params (string Key, string Value)[] options)
    {
        var pool = Substitute.For<IStoragePool>();
        pool.Configuration.Returns(new PoolConfiguration(
            name, "file", options.Append(("dir_path", directory)).ToDictionary(o => o.Item1, o => o.Item2)));
        pool.Directory.Returns(directory);
        pool.Measure().Returns(usage);
        pool.Vids().Returns(["a", "b/c"]);
        return pool;
    }

    private static IStoragePoolDriver Driver(string name, params string[] options)
    {
        var driver = Substitute.For<IStoragePoolDriver>();
        driver.Name.Returns(name);
        driver.Options.Returns(options);
        return driver;
    }
}
