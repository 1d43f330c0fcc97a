using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Features;

public sealed class FeaturesTests : BenchTests
{
    [Fact]
    public async Task The_list_has_a_line_per_feature_in_the_daemons_order()
    {
        Server.Ok("admin.vm.feature.List+", "vm0", "qrexec\nos\ngui\n");
        Server.Ok("admin.vm.feature.Get+qrexec", "vm0", "1");
        Server.Ok("admin.vm.feature.Get+os", "vm0", "Linux");
        Server.Ok("admin.vm.feature.Get+gui", "vm0", "");
        var result = await Bench.RunAsync("qvm-features", "vm0");
        Assert.Equal((0, "qrexec  1\nos      Linux\ngui     \n"), (result.Code, result.Output));
    }

    [Fact]
    public async Task A_feature_unset_since_the_list_was_made_is_left_out()
    {
        Server.Ok("admin.vm.feature.List+", "vm0", "a\nb\n");
        Server.Ok("admin.vm.feature.Get+a", "vm0", "1");
        Server.Refuse("admin.vm.feature.Get+b", "vm0", "QubesFeatureNotFoundError", "Feature not set for domain vm0: b");
        Assert.Equal("a  1\n", (await Bench.RunAsync("qvm-features", "vm0")).Output);
    }

    [Fact]
    public async Task One_feature_is_printed()
    {
        Server.Ok("admin.vm.feature.Get+os", "vm0", "Linux");
        var result = await Bench.RunAsync("qvm-features", "vm0", "os");
        Assert.Equal((0, "Linux\n"), (result.Code, result.Output));
    }

    [Fact]
    public async Task A_feature_that_is_not_set_gives_status_1_and_no_text()
    {
        Server.Refuse("admin.vm.feature.Get+os", "vm0", "QubesFeatureNotFoundError", "Feature not set for domain vm0: os");
        var result = await Bench.RunAsync("qvm-features", "vm0", "os");
        Assert.Equal((1, "", ""), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("two words")]
    public async Task A_value_is_the_payload(string value)
    {
        Server.Ok("admin.vm.feature.Set+f", "vm0", payload: value);
        Assert.Equal(0, (await Bench.RunAsync("qvm-features", "vm0", "f", value)).Code);
        Assert.Equal([$"admin.vm.feature.Set+f dom0 name vm0\0{value}"], Server.Requests);
    }

    [Fact]
    public async Task Unsetting_works_also_if_it_is_not_set()
    {
        Server.Ok("admin.vm.feature.Remove+f", "vm0");
        Server.Refuse("admin.vm.feature.Remove+g", "vm0", "QubesFeatureNotFoundError", "Feature not set for domain vm0: g");
        Assert.Equal(0, (await Bench.RunAsync("qvm-features", "--unset", "vm0", "f")).Code);
        Assert.Equal(0, (await Bench.RunAsync("qvm-features", "vm0", "-D", "g")).Code);
    }

    [Fact]
    public async Task A_protected_feature_says_why()
    {
        Server.Refuse("admin.vm.feature.Set+preload-dispvm", "vm0", "PermissionDenied", "changing this feature is prohibited", "x");
        var result = await Bench.RunAsync("qvm-features", "vm0", "preload-dispvm", "x");
        Assert.Equal((1, "qvm-features: error: changing this feature is prohibited\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("--unset needs a FEATURE", "-D", "vm0")]
    [InlineData("--unset needs a FEATURE", "-d", "vm0")]
    [InlineData("cannot both set and unset a value", "-D", "vm0", "f", "1")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-features", arguments);
        Assert.Equal((2, $"qvm-features: error: {reason}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task An_unknown_qube_is_a_wrong_command_line()
    {
        Server.Refuse("admin.vm.feature.List+", "nosuch", "QubesVMNotFoundError", "No such domain: 'nosuch'");
        var result = await Bench.RunAsync("qvm-features", "nosuch");
        Assert.Equal((2, "qvm-features: error: no such domain: 'nosuch'\n"), (result.Code, result.Error));
    }
}
