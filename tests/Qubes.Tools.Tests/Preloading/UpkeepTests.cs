using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Preloading;

public sealed class UpkeepTests : BenchTests
{
    private static string Status(string template, string state, int ready = 0) =>
        $$"""{"template":"{{template}}","state":"{{state}}","policy":"static","max":3,"target":3,"target_reason":"the maximum","ready":{{ready}},"starting":0}""" + "\n";

    [Fact]
    public async Task Several_templates_are_drained_each_once()
    {
        Server.Ok("admin.preload.Drain+", "dvm").Ok("admin.preload.Drain+", "dvm2");
        var result = await Bench.RunAsync("qvm-preload", "drain", "dvm", "dvm2", "dvm");
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("admin.preload.Drain+ dom0 name open\0", "drain", "--all")]
    [InlineData("admin.preload.Drain+undo dom0 name shut\0", "drain", "--all", "--undo")]
    [InlineData("admin.preload.Refresh+ dom0 name open\0", "refresh", "--all")]
    [InlineData("admin.preload.Refresh+outdated dom0 name open\0", "refresh", "--outdated", "--all")]
    public async Task All_are_those_that_it_can_concern(string expected, params string[] arguments)
    {
        Server.Ok("admin.preload.Status+", "dom0", Status("open", "ready", 3) + Status("shut", "drained"));
        Server.Answer(expected, "0\0" + "3");
        Assert.Equal(0, (await Bench.RunAsync("qvm-preload", arguments)).Code);
        Assert.Equal(expected, Server.Requests.Last());
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("1", "dvm: 1 preload is replaced\n")]
    [InlineData("0", "dvm: 0 preloads are replaced\n")]
    public async Task A_refresh_tells_how_many_are_replaced(string count, string output)
    {
        Server.Ok("admin.preload.Refresh+", "dvm", count);
        Assert.Equal(output, (await Bench.RunAsync("qvm-preload", "refresh", "dvm")).Output);
        Assert.Equal("", (await Bench.RunAsync("qvm-preload", "refresh", "-q", "dvm")).Output);
    }

    [Fact]
    public async Task One_that_is_refused_does_not_keep_others_from_their_turn()
    {
        Server.Refuse("admin.preload.Drain+", "vm0", "QubesException", "'vm0' has no preloads");
        Server.Ok("admin.preload.Drain+", "dvm");
        var result = await Bench.RunAsync("qvm-preload", "drain", "vm0", "dvm");
        Assert.Equal((1, "qvm-preload: error: 'vm0' has no preloads\n"), (result.Code, result.Error));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Theory]
    [InlineData("one of the arguments --all TEMPLATE is required", "drain")]
    [InlineData("--all and TEMPLATE exclude each other", "refresh", "--all", "dvm")]
    [InlineData("a command is required; one of: status, drain, refresh, history, trace, simulate")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-preload", arguments);
        Assert.Equal((2, $"qvm-preload: error: {reason}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_count_that_is_none_is_a_failure()
    {
        Server.Ok("admin.preload.Refresh+", "dvm", "many");
        Assert.Equal(1, (await Bench.RunAsync("qvm-preload", "refresh", "dvm")).Code);
    }
}
