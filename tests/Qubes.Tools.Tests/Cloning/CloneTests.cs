using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Cloning;

public sealed class CloneTests : BenchTests
{
    private const string Kept = "pool=fast\nvid=a\nsize=1\nusage=0\nsave_on_stop=True\n";
    private const string Snapshot = "pool=slow\nvid=b\nsize=1\nusage=0\nsave_on_stop=False\n";

    public CloneTests()
    {
        ServeList();
        Server.Ok("admin.vm.property.GetAll+", "vm0",
            "name default=False type=str vm0\nqid default=False type=int 5\nlabel default=False type=label red\n"
            + "template default=False type=vm tmpl\nmemory default=False type=int 500\nvcpus default=True type=int 2\n"
            + "netvm default=False type=vm \nodd default=False type=str x\n");
        Server.Ok("admin.vm.property.List+", "new", "name\nlabel\nmemory\nvcpus\nnetvm\ntemplate\n");
        Server.Ok("admin.vm.property.Set+memory", "new", payload: "500").Ok("admin.vm.property.Set+netvm", "new");
        foreach (var qube in new[] { "vm0", "new" })
        {
            Server.Ok("admin.vm.volume.List+", qube, "root\nprivate\n");
            Server.Ok("admin.vm.volume.Info+root", qube, Snapshot).Ok("admin.vm.volume.Info+private", qube, Kept);
        }

        Server.Ok("admin.vm.CreateInPool.AppVM+tmpl", "dom0", payload: "name=new label=red pool:private=fast");
        Server.Ok("admin.vm.tag.List+", "vm0", "created-by-dom0\nmine\n").Ok("admin.vm.tag.Set+mine", "new");
        Server.Ok("admin.vm.feature.List+", "vm0", "gui\npreload-dispvm\npreload-dispvm-max\ndeferred-netvm-original\n");
        Server.Ok("admin.vm.feature.Get+gui", "vm0", "1").Ok("admin.vm.feature.Get+preload-dispvm-max", "vm0", "2");
        Server.Ok("admin.vm.feature.Set+gui", "new", payload: "1").Ok("admin.vm.feature.Set+preload-dispvm-max", "new", payload: "2");
        Server.Ok("admin.vm.notes.Get+", "vm0", "note").Ok("admin.vm.notes.Set+", "new", payload: "note");
        Server.Ok("admin.vm.firewall.Get+", "vm0", "action=accept\n").Ok("admin.vm.firewall.Set+", "new", payload: "action=accept\n");
        Server.Ok("admin.vm.volume.CloneFrom+private", "vm0", "TOKEN").Ok("admin.vm.volume.CloneTo+private", "new", payload: "TOKEN");
        Server.Ok("admin.deviceclass.List+", "dom0", "pci\n");
        Server.Ok("admin.vm.device.pci.Assigned+", "vm0", "dom0+00_1f.2:0x8086:0x1 mode='required'\n");
        Server.Ok("admin.vm.device.pci.Assign+dom0+00_1f.2+0x8086:0x1", "new", payload: "mode='required'");
        Server.Ok("admin.vm.Remove+", "new");
    }

    [Fact]
    public async Task Everything_is_copied_in_the_order_of_the_specification()
    {
        var result = await Bench.RunAsync("qvm-clone", "vm0", "new");
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(
            [
                "CreateInPool.AppVM+tmpl", "property.Set+memory", "property.Set+netvm", "tag.Set+mine", "feature.Set+gui",
                "feature.Set+preload-dispvm-max", "notes.Set+", "firewall.Set+", "volume.CloneTo+private",
                "device.pci.Assign+dom0+00_1f.2+0x8086:0x1",
            ],
            Changes());
    }

    private void Break(string call, string payload, string destination = "new") =>
        Server.Replace($"{call} dom0 name {destination}\0{payload}", "2\0QubesException\0\0broken\0");

    private IEnumerable<string> Changes() => Server.Requests
        .Select(request => request.Split(' ')[0]["admin.".Length..])
        .Select(call => call.StartsWith("vm.", StringComparison.Ordinal) ? call[3..] : call)
        .Where(call => new[] { "Set", "Create", "CloneTo", "Assign+", "Remove" }.Any(word => call.Contains(word)));

    [Theory]
    [InlineData("name=new label=red pool=big", "-P", "big")]
    [InlineData("name=new label=red pool:private=big", "--pool", "private=big")]
    [InlineData("name=new label=red pool:private=big", "-p", "big:private")]
    [InlineData("name=new label=red pool:root=big pool:private=fast", "-p", "root=big")]
    public async Task Pools_are_those_asked_for_else_those_of_the_original(string payload, params string[] options)
    {
        Server.Ok("admin.vm.CreateInPool.AppVM+tmpl", "dom0", payload: payload);
        Assert.Equal(0, (await Bench.RunAsync("qvm-clone", [.. options, "vm0", "new"])).Code);
    }

    [Fact]
    public async Task Devices_can_be_left_out()
    {
        Assert.Equal(0, (await Bench.RunAsync("qvm-clone", "--ignore-devices", "vm0", "new")).Code);
        Assert.DoesNotContain(Server.Requests, request => request.StartsWith("admin.device", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_of_another_class_has_no_template_if_its_class_has_none()
    {
        Server.Ok("admin.vm.CreateInPool.StandaloneVM+", "dom0", payload: "name=new label=red pool:private=fast");
        var result = await Bench.RunAsync("qvm-clone", "-C", "StandaloneVM", "vm0", "new");
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("admin.vm.volume.CloneTo+private", "TOKEN")]
    [InlineData("admin.vm.tag.Set+mine", "")]
    [InlineData("admin.vm.property.Set+memory", "500")]
    public async Task A_failure_removes_what_was_made(string call, string payload)
    {
        Break(call, payload);
        var result = await Bench.RunAsync("qvm-clone", "vm0", "new");
        Assert.Equal((1, "qvm-clone: error: broken\n"), (result.Code, result.Error));
        Assert.Equal("admin.vm.Remove+ dom0 name new\0", Server.Requests.Last());
    }

    [Fact]
    public async Task Settings_that_cannot_be_copied_are_told_and_left_out_if_asked()
    {
        Break("admin.vm.tag.Set+mine", "");
        var result = await Bench.RunAsync("qvm-clone", "--ignore-errors", "vm0", "new");
        Assert.Equal((0, "qvm-clone: cannot copy tag mine, left out: broken\n"), (result.Code, result.Error));
        Assert.DoesNotContain(Server.Requests, request => request.StartsWith("admin.vm.Remove", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_that_cannot_be_copied_is_a_failure_even_then()
    {
        Break("admin.vm.volume.CloneTo+private", "TOKEN");
        Assert.Equal(1, (await Bench.RunAsync("qvm-clone", "--ignore-errors", "vm0", "new")).Code);
        Assert.Equal("admin.vm.Remove+ dom0 name new\0", Server.Requests.Last());
    }

    [Fact]
    public async Task A_refused_creation_leaves_nothing_to_remove()
    {
        Break("admin.vm.CreateInPool.AppVM+tmpl", "name=new label=red pool:private=fast", "dom0");
        Assert.Equal(1, (await Bench.RunAsync("qvm-clone", "vm0", "new")).Code);
        Assert.DoesNotContain(Server.Requests, request => request.StartsWith("admin.vm.Remove", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_standalone_qube_with_a_template_is_a_copy_with_a_private_volume_of_its_own()
    {
        Server.Ok("admin.label.List+", "dom0", "blue\n");
        Server.Ok("admin.vm.CreateInPool.StandaloneVM+", "dom0", payload: "name=new label=blue pool:private=fast");
        var result = await Bench.RunAsync("qvm-create", "--standalone", "-t", "vm0", "-l", "blue", "new");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.DoesNotContain(Server.Requests, request => request.Contains("CloneTo", StringComparison.Ordinal));
    }
}
