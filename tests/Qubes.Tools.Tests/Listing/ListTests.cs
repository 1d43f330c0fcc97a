using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Listing;

public sealed class ListTests : BenchTests
{
    public ListTests()
    {
        ServeList();
        Properties("dom0", "label default=True type=label black\n");
        Properties("tmpl", "label default=False type=label black\nnetvm default=True type=vm \n");
        Properties("disp1", "label default=False type=label red\nnetvm default=True type=vm sys-net\ntemplate default=False type=vm vm0\n");
        Properties("vm0", "label default=False type=label red\nnetvm default=True type=vm sys-net\ntemplate default=False type=vm tmpl\n");
        Properties("vm1", "label default=False type=label blue\nkernelopts default=False type=str a b\nnetvm default=True type=vm \ntemplate default=False type=vm tmpl\n");
    }

    private void Properties(string name, string values) => Server.Ok("admin.vm.property.GetAll+", name, values);

    [Fact]
    public async Task The_table_has_the_six_columns_and_a_dash_for_what_is_absent()
    {
        var result = await Bench.RunAsync("qvm-ls");
        Assert.Equal(0, result.Code);
        Assert.Equal(
            """
            NAME   STATE    CLASS       LABEL  TEMPLATE  NETVM
            disp1  Paused   DispVM      red    vm0       sys-net
            dom0   Running  AdminVM     black  -         -
            tmpl   Halted   TemplateVM  black  -         -
            vm0    Halted   AppVM       red    tmpl      sys-net
            vm1    Running  AppVM       blue   tmpl      -

            """,
            result.Output);
    }

    [Fact]
    public async Task Raw_list_gives_names_and_asks_for_nothing_but_the_list()
    {
        var result = await Bench.RunAsync("qvm-ls", "--raw-list");
        Assert.Equal("disp1\ndom0\ntmpl\nvm0\nvm1\n", result.Output);
        Assert.Equal(["admin.vm.List+ dom0 name dom0\0"], Server.Requests);
    }

    [Fact]
    public async Task Raw_data_has_bars_and_no_heading()
    {
        var result = await Bench.RunAsync("qvm-ls", "--raw-data", "-O", "name,label,KERNELOPTS", "vm1");
        Assert.Equal("vm1|blue|a b\n", result.Output);
    }

    [Theory]
    [InlineData("vm1,dom0", "--running")]
    [InlineData("disp1", "--paused")]
    [InlineData("tmpl,vm0", "--halted")]
    [InlineData("disp1,tmpl,vm0", "--halted", "--paused")]
    [InlineData("disp1,dom0,vm0", "--exclude", "tmpl", "--exclude", "vm1")]
    [InlineData("vm0", "vm0")]
    [InlineData("vm0,vm1", "--class", "AppVM")]
    [InlineData("disp1,vm0", "--label", "red")]
    [InlineData("vm0,vm1", "--template-source", "tmpl")]
    [InlineData("disp1,vm0", "--netvm-is=sys-net")]
    public async Task Filters_choose(string expected, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-ls", ["--raw-list", .. arguments]);
        Assert.Equal(expected.Split(',').Order(), result.Lines);
    }

    [Fact]
    public async Task Tags_choose_what_has_any_of_them()
    {
        foreach (var name in new[] { "dom0", "disp1", "tmpl" })
            Server.Ok("admin.vm.tag.List+", name);
        Server.Ok("admin.vm.tag.List+", "vm0", "blue-team\ncreated-by-dom0\n");
        Server.Ok("admin.vm.tag.List+", "vm1", "red-team\n");
        Assert.Equal(["vm0", "vm1"], (await Bench.RunAsync("qvm-ls", "--raw-list", "--tags", "blue-team", "red-team")).Lines);
        Assert.Equal(["vm1"], (await Bench.RunAsync("qvm-ls", "--raw-list", "--tags", "red-team")).Lines);
    }

    [Theory]
    [InlineData("vm1,vm0,tmpl,dom0,disp1", "-r")]
    [InlineData("disp1,tmpl,vm0,dom0,vm1", "--sort", "state", "-i")]
    [InlineData("dom0,tmpl,vm1,disp1,vm0", "-s", "LABEL")]
    public async Task Rows_are_sorted_as_asked_and_then_by_name(string expected, params string[] arguments)
    {
        var rows = (await Bench.RunAsync("qvm-ls", ["--raw-data", "-O", "name", .. arguments])).Lines;
        if (arguments.Contains("state"))
            Assert.Equal(["tmpl", "vm0", "disp1", "dom0", "vm1"], rows);
        else
            Assert.Equal(expected.Split(','), rows);
    }

    [Fact]
    public async Task The_disk_format_counts_mebibytes()
    {
        Server.Ok("admin.vm.volume.List+", "vm0", "root\nprivate\n");
        Server.Ok("admin.vm.volume.Info+root", "vm0", "pool=p\nsize=10737418240\nusage=0\n");
        Server.Ok("admin.vm.volume.Info+private", "vm0", "pool=p\nsize=2147483648\nusage=536870912\n");
        var result = await Bench.RunAsync("qvm-ls", "--raw-data", "-d", "vm0");
        Assert.Equal("vm0|Halted|512|512|2048|25%|0|10240|0%\n", result.Output);
    }

    [Fact]
    public async Task The_memory_in_use_comes_from_the_current_state()
    {
        Server.Ok("admin.vm.CurrentState+", "vm1", "mem=409600 mem_static_max=4096000 cputime=5 power_state=Running");
        Server.Ok("admin.vm.CurrentState+", "vm0", "mem=0 mem_static_max=0 cputime=0 power_state=Halted");
        Assert.Equal("vm0|-\nvm1|400\n", (await Bench.RunAsync("qvm-ls", "--raw-data", "-O", "name,memory", "vm0", "vm1")).Output);
    }

    [Fact]
    public async Task What_a_qube_costs_the_host_comes_from_the_daemon_where_it_is_known()
    {
        Server.Ok("admin.vm.Memory+", "vm1", "mem=409600 most=819200 pss=230400 private=204800 shared=51200");
        Server.Ok("admin.vm.Memory+", "vm0", "mem=0 most=0");
        Assert.Equal(
            "vm0|-|-|-|-\nvm1|800|225|200|50\n",
            (await Bench.RunAsync("qvm-ls", "--raw-data", "-O", "name,memory-most,pss,private,shared", "vm0", "vm1")).Output);
    }

    [Fact]
    public async Task A_qube_that_vanished_since_the_list_is_left_out()
    {
        Server.Ok("admin.vm.List+", "gone", "");
        await using var other = new ToolBench();
        other.Server.Ok("admin.vm.List+", "dom0", List);
        foreach (var name in new[] { "dom0", "tmpl", "vm0", "vm1" })
            other.Server.Ok("admin.vm.property.GetAll+", name, "label default=True type=label red\n");
        other.Server.Refuse("admin.vm.property.GetAll+", "disp1", "QubesVMNotFoundError", "No such domain: 'disp1'");
        var result = await other.RunAsync("qvm-ls", "--raw-data", "-O", "name,label");
        Assert.Equal((0, "dom0|red\ntmpl|red\nvm0|red\nvm1|red\n"), (result.Code, result.Output));
    }

    [Theory]
    [InlineData("no such format: 'nosuch'; one of: disk, full, kernel, memory, network, prefs, simple", "-o", "nosuch")]
    [InlineData("only one of --format, --fields, --disk, --network, --kernel and --raw-list is accepted", "-o", "full", "-O", "name")]
    [InlineData("no such domain: 'nosuch'", "nosuch")]
    [InlineData("no such domain: 'nosuch'", "--exclude", "nosuch")]
    [InlineData("VMNAME excludes --all and --exclude", "vm0", "--exclude", "vm1")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-ls", arguments);
        Assert.Equal((2, "", $"qvm-ls: error: {reason}\n"), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("class=AppVM state=Halted")]
    [InlineData("vm0 class=AppVM uuid=x")]
    [InlineData("vm0 state=Halted")]
    [InlineData("vm0")]
    public async Task A_malformed_list_is_refused(string list)
    {
        await using var other = new ToolBench();
        other.Server.Ok("admin.vm.List+", "dom0", list + "\n");
        var result = await other.RunAsync("qvm-ls", "--raw-list");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("qvm-ls: error: a line of the answer to admin.vm.List lacks", result.Error);
    }

    [Fact]
    public async Task Help_on_columns_and_formats_needs_no_daemon()
    {
        await using var other = new ToolBench();
        Assert.Contains("NETVM", (await other.RunAsync("qvm-ls", "--help-columns")).Output);
        Assert.Contains("simple   name,state,class,label,template,netvm", (await other.RunAsync("qvm-ls", "--help-formats")).Output);
    }
}
