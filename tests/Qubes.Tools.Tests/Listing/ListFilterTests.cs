using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Listing;

public sealed class ListFilterTests : BenchTests
{
    private static readonly string[] Names = ["disp1", "dom0", "tmpl", "vm0", "vm1"];

    public ListFilterTests() => ServeList();

    private void Feature(string name, params (string Qube, string Value)[] values)
    {
        foreach (var qube in Names)
        {
            if (values.FirstOrDefault(value => value.Qube == qube) is { Qube: not null } set)
                Server.Ok("admin.vm.feature.Get+" + name, qube, set.Value);
            else
                Server.Refuse("admin.vm.feature.Get+" + name, qube, "QubesFeatureNotFoundError", "Feature not set");
        }
    }

    private void Properties(string common, params (string Qube, string Values)[] more)
    {
        foreach (var qube in Names)
            Server.Ok("admin.vm.property.GetAll+", qube, common + more.FirstOrDefault(pair => pair.Qube == qube).Values);
    }

    private async Task<string> ListedAsync(params string[] arguments) =>
        string.Join(',', (await Bench.RunAsync("qvm-ls", ["--raw-list", .. arguments])).Lines);

    [Theory]
    [InlineData("disp1", "--internal", "y")]
    [InlineData("dom0,tmpl,vm0,vm1", "--internal=n")]
    [InlineData("disp1,dom0,tmpl,vm0,vm1")] // Stock hides them nowhere else.
    public async Task Internal_qubes_are_chosen_or_left_out(string expected, params string[] arguments)
    {
        Feature("internal", ("disp1", "1"), ("vm0", ""));
        Assert.Equal(expected, await ListedAsync(arguments));
    }

    [Fact]
    public async Task Service_qubes_and_those_with_updates_are_chosen()
    {
        Feature("servicevm", ("vm1", "1"));
        Feature("updates-available", ("tmpl", "1"), ("vm0", ""));
        Assert.Equal("vm1", await ListedAsync("--servicevm", "y"));
        Assert.Equal("tmpl", await ListedAsync("--pending-update"));
    }

    [Theory]
    [InlineData("vm0,vm1", "color=blue")]
    [InlineData("vm1", "color=blue", "size=")]
    [InlineData("tmpl", "color=''")]
    [InlineData("tmpl", "color=\"\"")]
    [InlineData("disp1,dom0", "color=")]
    public async Task Features_must_all_have_these_values(string expected, params string[] conditions)
    {
        Feature("color", ("vm0", "blue"), ("vm1", "blue"), ("tmpl", ""));
        Feature("size", ("vm0", "big"));
        Assert.Equal(expected, await ListedAsync(["--features", .. conditions]));
    }

    [Theory]
    [InlineData("vm0", "memory=500", "netvm=")]
    [InlineData("vm0,vm1", "memory=500")]
    [InlineData("disp1,dom0,tmpl,vm0", "netvm=")]
    [InlineData("vm1", "default-user=''")]
    public async Task Properties_must_all_have_these_values(string expected, params string[] conditions)
    {
        Properties("", ("vm0", "memory default=True type=int 500\nnetvm default=True type=vm \n"),
            ("vm1", "memory default=True type=int 500\nnetvm default=True type=vm sys-net\ndefault_user default=False type=str \n"));
        Assert.Equal(expected, await ListedAsync(["--prefs", .. conditions]));
    }

    [Fact]
    public async Task Tags_can_exclude()
    {
        foreach (var name in Names)
            Server.Ok("admin.vm.tag.List+", name, name is "vm0" or "vm1" ? "old\n" : "");
        Assert.Equal("disp1,dom0,tmpl", await ListedAsync("--exclude-tags", "old", "older"));
    }

    [Theory]
    [InlineData("disp1,tmpl", "--class", "DispVM", "TemplateVM")]
    [InlineData("disp1,tmpl", "--class", "DispVM,TemplateVM")]
    public async Task Values_follow_each_other_or_commas(string expected, params string[] arguments) =>
        Assert.Equal(expected, await ListedAsync(arguments));

    [Theory]
    [InlineData("--features 'x': NAME=VALUE is accepted", "--features", "x")]
    [InlineData("--prefs '=x': NAME=VALUE is accepted", "--prefs", "=x")]
    [InlineData("'maybe': True or False is accepted", "--internal", "maybe")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-ls", arguments);
        Assert.Equal((2, "", $"qvm-ls: error: {reason}\n"), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_tree_shows_who_gives_network_to_whom()
    {
        Properties("", ("vm0", "netvm default=True type=vm vm1\n"), ("disp1", "netvm default=True type=vm vm0\n"),
            ("tmpl", "netvm default=True type=vm vm1\n"), ("vm1", "netvm default=True type=vm elsewhere\n"));
        Assert.Equal(
            "NAME\ndom0\nvm1\n└─tmpl\n└─vm0\n  └─disp1\n", (await Bench.RunAsync("qvm-ls", "--tree", "-O", "name", "--no-spinner")).Output);
    }

    [Fact]
    public async Task A_circle_of_networks_hides_no_qube()
    {
        Properties("", ("vm0", "netvm default=True type=vm vm1\n"), ("vm1", "netvm default=True type=vm vm0\n"));
        Assert.Equal("NAME\ndisp1\ndom0\ntmpl\nvm0\nvm1\n", (await Bench.RunAsync("qvm-ls", "-t", "-O", "name")).Output);
    }

    [Fact]
    public async Task Flags_are_eight_characters()
    {
        Feature("internal", ("disp1", "1"));
        Properties("", ("dom0", "updateable default=True type=bool True\n"),
            ("vm1", "virt_mode default=False type=str hvm\nprovides_network default=False type=bool True\nautostart default=False type=bool True\n"),
            ("vm0", "installed_by_rpm default=False type=bool True\ndebug default=False type=bool True\nvirt_mode default=True type=str pvh\n"));
        Assert.Equal(
            "disp1|dp---i--\ndom0|0rU-----\ntmpl|t-------\nvm0|a---R-D-\nvm1|Ar-N---A\n",
            (await Bench.RunAsync("qvm-ls", "--raw-data", "-O", "name,flags")).Output);
    }
}
