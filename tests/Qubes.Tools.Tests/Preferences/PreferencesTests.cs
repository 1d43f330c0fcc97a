using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Preferences;

public sealed class PreferencesTests : BenchTests
{
    private const string All =
        "debug default=True type=bool False\nbackup_timestamp default=True type=int \ndns default=True type=str \n"
        + "label default=False type=label red\nkernelopts default=False type=str opt1\\nopt2\\\\opt3\nnetvm default=True type=vm \n";

    [Fact]
    public async Task The_list_is_sorted_and_marks_defaults_and_missing_values()
    {
        Server.Ok("admin.vm.property.GetAll+", "vm0", All.Replace("opt1\\nopt2\\\\opt3", "quiet", StringComparison.Ordinal));
        var result = await Bench.RunAsync("qvm-prefs", "vm0");
        Assert.Equal(
            "backup_timestamp  U\n"
            + "debug             D  False\n"
            + "dns               D  \n"
            + "kernelopts        -  quiet\n"
            + "label             -  red\n"
            + "netvm             D  None\n",
            result.Output);
        Assert.Equal(["admin.vm.property.GetAll+ dom0 name vm0\0"], Server.Requests);
    }

    [Fact]
    public async Task Escaped_line_feeds_and_backslashes_come_back()
    {
        Server.Ok("admin.vm.property.GetAll+", "vm0", All);
        Assert.Contains("kernelopts        -  opt1\nopt2\\opt3\n", (await Bench.RunAsync("qvm-prefs", "vm0")).Output);
    }

    [Fact]
    public async Task Hide_default_lists_only_what_is_set()
    {
        Server.Ok("admin.vm.property.GetAll+", "vm0", "debug default=True type=bool False\nlabel default=False type=label red\n");
        Assert.Equal("label  -  red\n", (await Bench.RunAsync("qvm-prefs", "--hide-default", "vm0")).Output);
    }

    [Theory]
    [InlineData("default=False type=int 500", "500\n")]
    [InlineData("default=True type=str 10.139.1.1 10.139.1.2", "10.139.1.1 10.139.1.2\n")]
    [InlineData("default=True type=str ", "\n")]
    [InlineData("default=True type=vm ", "")]
    public async Task One_property_is_one_call(string answer, string output)
    {
        Server.Ok("admin.vm.property.Get+memory", "vm0", answer);
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "memory");
        Assert.Equal((0, output, ""), (result.Code, result.Output, result.Error));
        Assert.Equal(["admin.vm.property.Get+memory dom0 name vm0\0"], Server.Requests);
    }

    [Fact]
    public async Task A_property_may_be_written_with_dashes()
    {
        Server.Ok("admin.vm.property.Get+default_user", "vm0", "default=True type=str user");
        Assert.Equal("user\n", (await Bench.RunAsync("qvm-prefs", "vm0", "default-user")).Output);
    }

    [Theory]
    [InlineData("500", "vm0", "memory", "500")]
    [InlineData("500", "-s", "vm0", "memory", "500")]
    [InlineData("", "vm0", "memory", "")]
    [InlineData("-1", "vm0", "memory", "-1")]
    public async Task A_value_is_the_payload(string payload, params string[] arguments)
    {
        Server.Ok("admin.vm.property.Set+memory", "vm0", payload: payload);
        var result = await Bench.RunAsync("qvm-prefs", arguments);
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal([$"admin.vm.property.Set+memory dom0 name vm0\0{payload}"], Server.Requests);
    }

    [Theory]
    [InlineData("vm", "")]
    [InlineData("str", "None")]
    public async Task None_means_no_qube_for_a_property_that_is_one(string type, string payload)
    {
        Server.Ok("admin.vm.property.Get+netvm", "vm0", $"default=True type={type} x");
        Server.Ok("admin.vm.property.Set+netvm", "vm0", payload: payload);
        Assert.Equal(0, (await Bench.RunAsync("qvm-prefs", "vm0", "netvm", "None")).Code);
        Assert.Equal($"admin.vm.property.Set+netvm dom0 name vm0\0{payload}", Server.Requests.Last());
    }

    [Theory]
    [InlineData("-D")]
    [InlineData("--default")]
    [InlineData("--unset")]
    [InlineData("--delete")]
    public async Task Default_resets(string option)
    {
        Server.Ok("admin.vm.property.Reset+memory", "vm0");
        Assert.Equal(0, (await Bench.RunAsync("qvm-prefs", option, "vm0", "memory")).Code);
        Assert.Equal(["admin.vm.property.Reset+memory dom0 name vm0\0"], Server.Requests);
    }

    [Fact]
    public async Task The_system_has_properties_too()
    {
        Server.Ok("admin.property.GetAll+", "dom0", "default_netvm default=False type=vm \nstats_interval default=True type=int 3\n");
        Server.Ok("admin.property.Get+updatevm", "dom0", "default=False type=vm vm1");
        Server.Ok("admin.property.Set+stats_interval", "dom0", payload: "5");
        Server.Ok("admin.property.Reset+stats_interval", "dom0");
        Assert.Equal("default_netvm   -  None\nstats_interval  D  3\n", (await Bench.RunAsync("qubes-prefs")).Output);
        Assert.Equal("vm1\n", (await Bench.RunAsync("qubes-prefs", "updatevm")).Output);
        Assert.Equal(0, (await Bench.RunAsync("qubes-prefs", "stats_interval", "5")).Code);
        Assert.Equal(0, (await Bench.RunAsync("qubes-prefs", "-D", "stats_interval")).Code);
    }

    [Fact]
    public async Task Help_lists_the_explanations()
    {
        Server.Ok("admin.vm.property.List+", "vm0", "vcpus\nmemory\n");
        Server.Ok("admin.vm.property.Help+vcpus", "vm0", "Number of virtual\n    processors.");
        Server.Ok("admin.vm.property.Help+memory", "vm0", "Memory, MiB.");
        Assert.Equal(
            "memory  Memory, MiB.\nvcpus   Number of virtual processors.\n",
            (await Bench.RunAsync("qvm-prefs", "vm0", "--help-properties")).Output);
    }

    [Theory]
    [InlineData("QubesNoSuchPropertyError", "Invalid property 'memory' of vm0", 2, "no such property: 'memory'")]
    [InlineData("QubesVMNotFoundError", "No such domain: 'vm0'", 2, "no such domain: 'vm0'")]
    [InlineData("PermissionDenied", "Access denied", 1, "Access denied")]
    public async Task Refusals_become_one_line(string wireClass, string message, int code, string line)
    {
        Server.Refuse("admin.vm.property.Get+memory", "vm0", wireClass, message);
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "memory");
        Assert.Equal((code, "", $"qvm-prefs: error: {line}\n"), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_value_that_names_an_unknown_qube_is_a_failure_not_a_wrong_command_line()
    {
        Server.Refuse("admin.vm.property.Set+netvm", "vm0", "QubesVMNotFoundError", "No such domain: 'nosuch'", "nosuch");
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "netvm", "nosuch");
        Assert.Equal((1, "qvm-prefs: error: No such domain: 'nosuch'\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("default=Maybe type=int 5")]
    [InlineData("default=True int 5")]
    [InlineData("default=True type=int")]
    [InlineData("")]
    public async Task A_malformed_value_is_refused(string answer)
    {
        Server.Ok("admin.vm.property.Get+memory", "vm0", answer);
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "memory");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("qvm-prefs: error: this is not the value of a property", result.Error);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData(" default=True type=int 5")]
    [InlineData("kernelopts default=True type=str a\\tb")]
    [InlineData("kernelopts default=True type=str a\\")]
    public async Task A_malformed_list_is_refused(string line)
    {
        Server.Ok("admin.vm.property.GetAll+", "vm0", line + "\n");
        Assert.Equal((1, ""), await CodeAndOutput());

        async Task<(int, string)> CodeAndOutput()
        {
            var result = await Bench.RunAsync("qvm-prefs", "vm0");
            return (result.Code, result.Output);
        }
    }

    [Fact]
    public async Task A_property_without_a_value_is_like_none_at_all()
    {
        Server.Ok("admin.vm.property.Get+stubdom_mem", "vm0", "default=True type=int ");
        var result = await Bench.RunAsync("qvm-prefs", "vm0", "stubdom_mem");
        Assert.Equal((2, "qvm-prefs: error: no such property: 'stubdom_mem'\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("-D", "vm0")]
    [InlineData("-D", "vm0", "memory", "5")]
    public async Task Reset_takes_a_property_and_no_value(params string[] arguments) =>
        Assert.Equal(2, (await Bench.RunAsync("qvm-prefs", arguments)).Code);
}
