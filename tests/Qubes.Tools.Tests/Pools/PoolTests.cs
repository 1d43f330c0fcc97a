using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Pools;

public sealed class PoolTests : BenchTests
{
    public PoolTests()
    {
        Server.Ok("admin.pool.List+", "dom0", "fast\nslow\n");
        Server.Ok("admin.pool.Info+fast", "dom0", "dir_path=/fast\ndriver=file-reflink\nname=fast\nsize=512\nusage=12\n");
        Server.Ok("admin.pool.Info+slow", "dom0", "driver=file\nname=slow\n");
        Server.Ok("admin.pool.ListDrivers+", "dom0", "file revisions_to_keep dir_path\nlinux-kernel dir_path\nbare \n");
        foreach (var method in new[] { "Info", "Remove" })
            Server.Refuse($"admin.pool.{method}+nosuch", "dom0", "PermissionDenied", "Argument not in 'pools'");
        Server.Refuse("admin.pool.Add+nosuch", "dom0", "PermissionDenied", "Argument not in 'available drivers'", "name=p\n");
    }

    [Theory]
    [InlineData("list")]
    [InlineData("ls")]
    [InlineData("-l")]
    [InlineData("-q", "--list")]
    public async Task Pools_are_listed_with_their_drivers(params string[] arguments) =>
        Assert.Equal("NAME  DRIVER\nfast  file-reflink\nslow  file\n", (await Bench.RunAsync("qvm-pool", arguments)).Output);

    [Theory]
    [InlineData("info", "fast")]
    [InlineData("-i", "fast")]
    public async Task A_pool_is_shown_with_its_name_first(params string[] arguments) =>
        Assert.Equal(
            "name      fast\ndir_path  /fast\ndriver    file-reflink\nsize      512\nusage     12\n",
            (await Bench.RunAsync("qvm-pool", arguments)).Output);

    [Theory]
    [InlineData("drivers")]
    [InlineData("--help-drivers")]
    public async Task Drivers_are_listed_with_their_options(string argument) =>
        Assert.Equal(
            "DRIVER        OPTIONS\nfile          revisions_to_keep, dir_path\nlinux-kernel  dir_path\nbare          \n",
            (await Bench.RunAsync("qvm-pool", argument)).Output);

    [Theory]
    [InlineData("add", "p", "file", "-o", "dir_path=/a=b", "-o", "revisions_to_keep=2")]
    [InlineData("-a", "p", "file", "-o", "dir_path=/a=b,revisions_to_keep=2")]
    public async Task A_pool_is_added_with_its_options_in_lines(params string[] arguments)
    {
        Server.Ok("admin.pool.Add+file", "dom0", payload: "name=p\ndir_path=/a=b\nrevisions_to_keep=2\n");
        var result = await Bench.RunAsync("qvm-pool", arguments);
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task Of_several_pools_one_that_stays_is_reported_and_the_next_has_its_turn()
    {
        Server.Refuse("admin.pool.Remove+fast", "dom0", "QubesPoolInUseError", "Storage pool is in use: 'fast'").Ok("admin.pool.Remove+slow", "dom0");
        var result = await Bench.RunAsync("qvm-pool", "remove", "fast", "slow");
        Assert.Equal((1, "qvm-pool: error: fast: Storage pool is in use: 'fast'\n"), (result.Code, result.Error));
        Assert.Equal("admin.pool.Remove+slow dom0 name dom0\0", Server.Requests.Last());
    }

    [Fact]
    public async Task Two_options_can_change()
    {
        Server.Ok("admin.pool.Set.revisions_to_keep+fast", "dom0", payload: "3").Ok("admin.pool.Set.ephemeral_volatile+fast", "dom0", payload: "True");
        Assert.Equal(0, (await Bench.RunAsync("qvm-pool", "set", "fast", "-o", "revisions_to_keep=3", "-o", "ephemeral_volatile=on")).Code);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("no such pool: 'nosuch'; one of: fast, slow", "info", "nosuch")]
    [InlineData("no such pool: 'nosuch'; one of: fast, slow", "-r", "nosuch")]
    [InlineData("no such driver: 'nosuch'; one of: file, linux-kernel, bare", "add", "p", "nosuch")]
    [InlineData("option 'dir_path' of a pool cannot be changed; revisions_to_keep and ephemeral_volatile can", "set", "fast", "-o", "dir_path=/x")]
    [InlineData("at least one -o NAME=VALUE is required", "set", "fast")]
    [InlineData("--option 'x': NAME=VALUE is accepted", "set", "fast", "-o", "x")]
    [InlineData("--option 'x=\\ny': NAME=VALUE is accepted", "add", "p", "file", "-o", "x=\ny")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-pool", arguments);
        Assert.Equal((2, "", $"qvm-pool: error: {reason}\n"), (result.Code, result.Output, result.Error));
    }
}
