using System.Text;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Lifecycle;

public sealed class ShutdownTests : BenchTests
{
    public ShutdownTests() => ServeList();

    [Theory]
    [InlineData("")]
    [InlineData("wait", "--wait")]
    [InlineData("force", "--force")]
    [InlineData("force+wait", "--wait", "--force")]
    public async Task The_options_become_the_argument(string argument, params string[] options)
    {
        Server.Ok("admin.vm.Shutdown+" + argument, "vm1");
        var result = await Bench.RunAsync("qvm-shutdown", ["vm1", .. options]);
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal([$"admin.vm.Shutdown+{argument} dom0 name vm1\0"], Asked);
    }

    [Fact]
    public async Task All_means_what_is_not_halted_less_the_excluded_and_implies_force()
    {
        Server.Ok("admin.vm.Shutdown+force", "disp1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-shutdown", "--all", "--exclude", "vm1")).Code);
        Assert.Equal(["admin.vm.Shutdown+force dom0 name disp1\0"], Asked);
    }

    [Fact]
    public async Task What_is_down_already_is_no_failure_but_what_is_paused_is()
    {
        Server.Refuse("admin.vm.Shutdown+", "vm0", "QubesVMNotStartedError", "Domain is powered off: 'vm0'");
        Assert.Equal(0, (await Bench.RunAsync("qvm-shutdown", "vm0")).Code);
        Server.Refuse("admin.vm.Shutdown+", "disp1", "QubesVMNotRunningError", "Domain is paused: 'disp1'");
        var result = await Bench.RunAsync("qvm-shutdown", "disp1");
        Assert.Equal((1, "qvm-shutdown: error: disp1: Domain is paused: 'disp1'\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task With_wait_a_qube_in_use_is_tried_again_after_the_others()
    {
        Server.Refuse("admin.vm.Shutdown+wait", "vm1", "QubesVMInUseError", "There are other VMs connected to this VM: disp1");
        Server.Ok("admin.vm.Shutdown+wait", "vm1");
        Server.Ok("admin.vm.Shutdown+wait", "disp1");
        var result = await Bench.RunAsync("qvm-shutdown", "--wait", "vm1", "disp1");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(2, Asked.Count(request => request == "admin.vm.Shutdown+wait dom0 name vm1\0"));
    }

    [Theory]
    [InlineData("wait", "--wait")]
    [InlineData("")]
    public async Task In_use_is_a_failure_if_nothing_else_goes_down_or_nobody_waits(string argument, params string[] options)
    {
        Server.Refuse("admin.vm.Shutdown+" + argument, "vm1", "QubesVMInUseError", "There are other VMs connected to this VM: disp1");
        var result = await Bench.RunAsync("qvm-shutdown", [.. options, "vm1"]);
        Assert.Equal((1, "qvm-shutdown: error: vm1: There are other VMs connected to this VM: disp1\n"), (result.Code, result.Error));
        Assert.Single(Asked);
    }

    [Fact]
    public async Task A_qube_the_daemon_gave_up_on_is_killed()
    {
        Server.Refuse("admin.vm.Shutdown+wait", "vm1", "QubesVMShutdownTimeoutError", "Domain shutdown timed out: 'vm1'");
        Server.Ok("admin.vm.Kill+", "vm1");
        var result = await Bench.RunAsync("qvm-shutdown", "--wait", "vm1");
        Assert.Equal((0, "qvm-shutdown: vm1 did not shut down in time, killing it\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_qube_that_outlasts_the_timeout_is_killed()
    {
        var never = new TaskCompletionSource();
        Server.Handle("admin.vm.Shutdown+wait dom0 name vm1\0", _ => never.Task);
        Server.Handle("admin.vm.Kill+ dom0 name vm1\0", async socket =>
        {
            never.SetResult();
            await socket.SendAsync(Encoding.ASCII.GetBytes("0\0"));
        });
        var result = await Bench.RunAsync("qvm-shutdown", "--wait", "--timeout", "0", "vm1");
        Assert.Equal((0, "qvm-shutdown: vm1 did not shut down in time, killing it\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Dry_run_only_says_what_it_would_do()
    {
        var result = await Bench.RunAsync("qvm-shutdown", "--dry-run", "--all");
        Assert.Equal((0, "shut down disp1\nshut down vm1\n"), (result.Code, result.Output));
        Assert.Empty(Asked);
    }
}
