using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Domains;

public sealed class RemoveTests : BenchTests
{
    public RemoveTests() => ServeList();

    [Fact]
    public async Task Force_removes_without_asking()
    {
        Server.Ok("admin.vm.Remove+", "vm0").Ok("admin.vm.Remove+", "tmpl");
        var result = await Bench.RunAsync("qvm-remove", "-f", "vm0", "tmpl");
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(["admin.vm.Remove+ dom0 name vm0\0", "admin.vm.Remove+ dom0 name tmpl\0"], Asked);
    }

    [Theory]
    [InlineData("y\n", 0)]
    [InlineData("Y\n", 0)]
    [InlineData("n\n", 1)]
    [InlineData("\n", 1)]
    [InlineData("", 1)]
    public async Task Otherwise_the_answer_decides(string answer, int code)
    {
        Bench.Input = answer;
        Server.Ok("admin.vm.Remove+", "vm0");
        var result = await Bench.RunAsync("qvm-remove", "vm0");
        Assert.Equal(code, result.Code);
        Assert.Equal("This will completely remove the selected VM(s):\n  vm0\nAre you sure? [y/N] ", result.Error);
        Assert.Equal(code == 0 ? 1 : 0, Asked.Count());
    }

    [Fact]
    public async Task Dom0_cannot_be_removed()
    {
        var result = await Bench.RunAsync("qvm-remove", "-f", "dom0");
        Assert.Equal((2, "qvm-remove: error: domain 'dom0' cannot be removed\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_qube_in_use_names_its_users_but_not_preloaded_disposables_or_defaults()
    {
        Server.Refuse("admin.vm.Remove+", "tmpl", "QubesVMInUseError", "Domain is in use: 'tmpl'");
        Server.Ok("admin.property.GetAll+", "dom0", "default_template default=False type=vm tmpl\n");
        Server.Ok("admin.vm.property.GetAll+", "dom0", "default_dispvm default=True type=vm tmpl\n");
        Server.Ok("admin.vm.property.GetAll+", "disp1", "is_preload default=True type=bool True\ntemplate default=False type=vm tmpl\n");
        Server.Ok("admin.vm.property.GetAll+", "vm0", "template default=False type=vm tmpl\nnetvm default=True type=vm tmpl\n");
        Server.Ok("admin.vm.property.GetAll+", "vm1", "name default=False type=str tmpl\n");
        var result = await Bench.RunAsync("qvm-remove", "-f", "tmpl");
        Assert.Equal(
            (1, "qvm-remove: error: domain 'tmpl' is in use as: system default_template, template of vm0\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_running_qube_is_refused_by_the_daemon()
    {
        Server.Refuse("admin.vm.Remove+", "vm1", "QubesVMNotHaltedError", "Domain is not powered off: 'vm1'");
        var result = await Bench.RunAsync("qvm-remove", "-f", "vm1");
        Assert.Equal((1, "qvm-remove: error: Domain is not powered off: 'vm1'\n"), (result.Code, result.Error));
    }
}
