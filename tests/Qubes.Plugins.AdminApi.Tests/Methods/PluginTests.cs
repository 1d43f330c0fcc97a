using NSubstitute;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class PluginTests
{
    private static readonly PluginReport One = new("One", PluginState.Unsupported, "it requires Two", "/p/One", IsShipped: true) { Version = "1.0", Requires = ["Two"] };

    [Fact]
    public async Task The_list_is_a_line_of_json_for_each()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Plugins.Plugins.Returns([One]);
        Assert.Equal(
            "0\0{\"name\":\"One\",\"state\":\"unsupported\",\"version\":\"1.0\",\"sdk\":\"\",\"description\":\"\",\"shipped\":true,\"folder\":\"/p/One\","
            + "\"requires\":[\"Two\"],\"reload\":\"beside\",\"generation\":0,\"faults\":0,\"reason\":\"it requires Two\",\"leftovers\":[]}\n",
            await daemon.CallAsync("admin.plugin.List", "dom0"));
    }

    [Fact]
    public async Task One_that_is_not_there_is_refused_by_name()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Plugins.Plugins.Returns([One]);
        Assert.Contains("There is no plugin", await daemon.CallAsync("admin.plugin.List+Three", "dom0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_answers_with_what_became_of_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Plugins.ReloadAsync("One", Arg.Any<CancellationToken>()).Returns(One with { State = PluginState.Active, Reason = "" });
        daemon.Plugins.EnableAsync("Two", Arg.Any<CancellationToken>()).Returns<PluginReport>(_ => throw new QubesException("no"));
        Assert.Contains("\"state\":\"active\"", await daemon.CallAsync("admin.plugin.Reload+One", "dom0"), StringComparison.Ordinal);
        Assert.StartsWith("2\0QubesException\0", await daemon.CallAsync("admin.plugin.Enable+Two", "dom0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_lines()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Plugins.LogOf("One").Returns(["a", "b"]);
        Assert.Equal("0\0a\nb\n", await daemon.CallAsync("admin.plugin.Log+One", "dom0"));
    }

    [Theory]
    [InlineData("List+")]
    [InlineData("Enable+One")]
    [InlineData("Disable+One")]
    [InlineData("Reload+One")]
    [InlineData("Log+One")]
    public async Task A_qube_is_refused_whatever_policy_says(string method)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith("2\0PermissionDenied\0", await daemon.SendAsync($"admin.plugin.{method} work name dom0\0"), StringComparison.Ordinal);
        Assert.Empty(daemon.Plugins.ReceivedCalls());
    }
}
