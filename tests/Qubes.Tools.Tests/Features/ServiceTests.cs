using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Features;

public sealed class ServiceTests : BenchTests
{
    public ServiceTests()
    {
        Server.Ok("admin.vm.feature.List+", "vm0", "gui\nservice.cups\nservice.crond\n");
        Server.Ok("admin.vm.feature.Get+service.cups", "vm0", "1").Ok("admin.vm.feature.Get+service.crond", "vm0", "");
        Server.Refuse("admin.vm.feature.Get+service.other", "vm0", "QubesFeatureNotFoundError", "Feature not set");
        Server.Refuse("admin.vm.feature.Remove+service.other", "vm0", "QubesFeatureNotFoundError", "Feature not set");
    }

    [Theory]
    [InlineData("vm0")]
    [InlineData("--list", "vm0")]
    [InlineData("vm0", "-l")]
    public async Task The_list_is_of_the_features_that_are_services(params string[] arguments) =>
        Assert.Equal("cups   on\ncrond  off\n", (await Bench.RunAsync("qvm-service", arguments)).Output);

    [Theory]
    [InlineData("cups", 0, "on\n")]
    [InlineData("crond", 0, "off\n")]
    [InlineData("other", 1, "")]
    public async Task One_is_shown_unless_it_is_left_to_the_qube(string service, int code, string output)
    {
        var result = await Bench.RunAsync("qvm-service", "vm0", service);
        Assert.Equal((code, output, ""), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("1", "vm0", "cups", "on")]
    [InlineData("1", "-e", "vm0", "cups")]
    [InlineData("", "vm0", "cups", "off")]
    [InlineData("", "vm0", "--disable", "cups")]
    public async Task On_is_one_and_off_is_empty(string payload, params string[] arguments)
    {
        Server.Ok("admin.vm.feature.Set+service.cups", "vm0", payload: payload);
        Assert.Equal(0, (await Bench.RunAsync("qvm-service", arguments)).Code);
    }

    [Theory]
    [InlineData("-D", "cups")]
    [InlineData("--unset", "cups")]
    [InlineData("--default", "other")]
    public async Task Leaving_it_to_the_qube_removes_the_feature(string option, string service)
    {
        Server.Ok("admin.vm.feature.Remove+service.cups", "vm0");
        Assert.Equal(0, (await Bench.RunAsync("qvm-service", option, "vm0", service)).Code);
    }

    [Theory]
    [InlineData("only one of --list, --enable, --disable, --default and STATE is accepted", "-e", "-d", "vm0", "cups")]
    [InlineData("only one of --list, --enable, --disable, --default and STATE is accepted", "-e", "vm0", "cups", "on")]
    [InlineData("the following arguments are required: SERVICE", "-e", "vm0")]
    [InlineData("'maybe': True or False is accepted", "vm0", "cups", "maybe")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-service", arguments);
        Assert.Equal((2, $"qvm-service: error: {reason}\n"), (result.Code, result.Error));
    }
}
