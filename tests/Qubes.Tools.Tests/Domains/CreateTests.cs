using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Domains;

public sealed class CreateTests : BenchTests
{
    public CreateTests() => Server.Ok("admin.label.List+", "dom0", "red\norange\nblue\n");

    [Theory]
    [InlineData("AppVM+", "work", "-l", "red")]
    [InlineData("AppVM+fedora-42", "work", "-l", "red", "-t", "fedora-42")]
    [InlineData("TemplateVM+", "work", "--label=red", "--class", "TemplateVM")]
    [InlineData("StandaloneVM+", "work", "-l", "red", "--standalone")]
    [InlineData("DispVM+dvm", "--disp", "work", "-t", "dvm")]
    [InlineData("DispVM+", "-C", "DispVM", "work", "-l", "red")]
    [InlineData("AppVM+t", "--prop", "name=work", "--prop", "label=red", "--prop", "template=t")]
    public async Task The_class_and_template_are_in_the_call_and_name_and_label_in_the_payload(
        string call, params string[] arguments)
    {
        Server.Ok("admin.vm.Create." + call, "dom0", payload: "name=work label=red");
        var result = await Bench.RunAsync("qvm-create", arguments);
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal($"admin.vm.Create.{call} dom0 name dom0\0name=work label=red", Server.Requests.Last());
    }

    [Fact]
    public async Task Pools_make_it_a_call_with_pools()
    {
        Server.Ok("admin.vm.CreateInPool.AppVM+", "dom0", payload: "name=work label=red pool:root=fast pool:private=slow");
        var result = await Bench.RunAsync("qvm-create", "work", "-l", "red", "-P", "root=fast", "-P", "private=slow");
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task Properties_are_set_afterwards_in_order()
    {
        Server.Ok("admin.vm.Create.AppVM+", "dom0", payload: "name=work label=red");
        Server.Ok("admin.vm.property.Set+memory", "work", payload: "500");
        Server.Ok("admin.vm.property.Get+netvm", "work", "default=True type=vm sys-net");
        Server.Ok("admin.vm.property.Set+netvm", "work");
        var result = await Bench.RunAsync("qvm-create", "-l", "red", "--property", "memory=500", "--prop=netvm=none", "work");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal("admin.vm.property.Set+netvm dom0 name work\0", Server.Requests.Last());
    }

    [Fact]
    public async Task A_label_may_be_given_by_its_number()
    {
        Server.Ok("admin.label.Index+red", "dom0", "1").Ok("admin.label.Index+orange", "dom0", "2");
        Server.Ok("admin.vm.Create.AppVM+", "dom0", payload: "name=work label=orange");
        Assert.Equal(0, (await Bench.RunAsync("qvm-create", "work", "-l", "2")).Code);
    }

    [Fact]
    public async Task A_disposable_without_a_name_is_made_by_the_daemon_and_named()
    {
        Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp42");
        Server.Ok("admin.vm.CreateDisposable+", "dvm", "disp43");
        Server.Ok("admin.vm.property.Set+label", "disp43", payload: "blue");
        Assert.Equal("disp42\n", (await Bench.RunAsync("qvm-create", "--disp")).Output);
        Assert.Equal("disp43\n", (await Bench.RunAsync("qvm-create", "--disp", "-t", "dvm", "-l", "blue")).Output);
    }

    [Theory]
    [InlineData("the following arguments are required: NEWVM", "-l", "red")]
    [InlineData("option --label is mandatory", "work")]
    [InlineData("no such label: 'mauve'; available labels: red, orange, blue", "work", "-l", "mauve")]
    [InlineData("no such label: '77'; available labels: red, orange, blue", "work", "-l", "77")]
    [InlineData("--property 'memory': NAME=VALUE is accepted", "work", "-l", "red", "--prop", "memory")]
    [InlineData("--property '=5': NAME=VALUE is accepted", "work", "-l", "red", "--prop", "=5")]
    [InlineData("--template is not accepted for TemplateVM: its root volume starts empty; qvm-clone makes a copy", "work", "-l", "red", "-C", "TemplateVM", "-t", "x")]
    [InlineData("-P POOL is accepted once, and not with --pool VOLUME=POOL", "work", "-l", "red", "-P", "a", "-p", "root=b")]
    [InlineData("--pool 'a=b=c': VOLUME=POOL is accepted", "work", "-l", "red", "-p", "a=b=c")]
    [InlineData("no AppVM has a root volume of its own: --root-copy-from and --root-move-from are not accepted", "work", "-l", "red", "-r", "/dev/null")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        foreach (var label in new[] { "red", "orange", "blue" })
            Server.Ok("admin.label.Index+" + label, "dom0", "1");
        var result = await Bench.RunAsync("qvm-create", arguments);
        Assert.Equal((2, $"qvm-create: error: {reason}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task An_unknown_class_is_refused_with_those_there_are()
    {
        var result = await Bench.RunAsync("qvm-create", "work", "-l", "red", "-C", "FooVM");
        Assert.Equal(2, result.Code);
        Assert.StartsWith("qvm-create: error: no such class: 'FooVM'; one of: AppVM, ", result.Error);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_the_daemons_refusal()
    {
        Server.Refuse(
            "admin.vm.Create.AppVM+", "dom0", "QubesVMAlreadyExistsError", "domain named 'work' already exists", "name=work label=red");
        var result = await Bench.RunAsync("qvm-create", "work", "-l", "red");
        Assert.Equal((1, "qvm-create: error: domain named 'work' already exists\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Help_classes_lists_the_daemons()
    {
        Server.Ok("admin.vmclass.List+", "dom0", "AdminVM\nAppVM\n");
        Assert.Equal("AdminVM\nAppVM\n", (await Bench.RunAsync("qvm-create", "--help-classes")).Output);
    }
}
