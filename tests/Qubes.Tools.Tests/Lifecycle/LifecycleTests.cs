using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Lifecycle;

public sealed class LifecycleTests : BenchTests
{
    public LifecycleTests() => ServeList();

    [Fact]
    public async Task Start_starts_a_halted_qube_and_prints_nothing()
    {
        Server.Ok("admin.vm.Start+", "vm0");
        var result = await Bench.RunAsync("qvm-start", "vm0");
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(["admin.vm.List+ dom0 name vm0\0", "admin.vm.Start+ dom0 name vm0\0"], Server.Requests);
    }

    [Fact]
    public async Task Starting_a_running_qube_fails_without_asking_the_daemon_for_it()
    {
        var result = await Bench.RunAsync("qvm-start", "vm1");
        Assert.Equal((1, "qvm-start: error: domain vm1 is already running\n"), (result.Code, result.Error));
        Assert.Empty(Asked);
    }

    [Fact]
    public async Task Skip_if_running_accepts_it()
    {
        Assert.Equal(0, (await Bench.RunAsync("qvm-start", "--skip-if-running", "vm1")).Code);
        Assert.Empty(Asked);
    }

    [Fact]
    public async Task One_that_fails_does_not_stop_the_others()
    {
        Server.Refuse("admin.vm.Start+", "vm0", "QubesMemoryError", "Not enough memory to start domain 'vm0'");
        Server.Ok("admin.vm.Start+", "tmpl");
        var result = await Bench.RunAsync("qvm-start", "vm0", "tmpl");
        Assert.Equal((1, "qvm-start: error: Not enough memory to start domain 'vm0'\n"), (result.Code, result.Error));
        Assert.Equal(["admin.vm.Start+ dom0 name vm0\0", "admin.vm.Start+ dom0 name tmpl\0"], Asked);
    }

    [Theory]
    [InlineData("vm*", "vm0,vm1")]
    [InlineData("disp?", "disp1")]
    public async Task A_pattern_means_all_that_match(string pattern, string expected)
    {
        foreach (var name in expected.Split(','))
            Server.Ok("admin.vm.Kill+", name);
        Assert.Equal(0, (await Bench.RunAsync("qvm-kill", pattern)).Code);
        Assert.Equal(expected.Split(',').Select(name => $"admin.vm.Kill+ dom0 name {name}\0"), Asked);
    }

    [Theory]
    [InlineData("qvm-start")]
    [InlineData("qvm-shutdown")]
    [InlineData("qvm-kill")]
    [InlineData("qvm-pause")]
    [InlineData("qvm-unpause")]
    [InlineData("qvm-remove")]
    public async Task A_qube_that_does_not_exist_is_a_wrong_command_line(string tool)
    {
        foreach (var arguments in new string[][] { ["nosuch"], ["vm0", "nosuch"], ["no*"] })
        {
            var result = await Bench.RunAsync(tool, arguments);
            Assert.Equal((2, "", $"{tool}: error: no such domain: '{arguments[^1]}'\n"), (result.Code, result.Output, result.Error));
        }

        Assert.Empty(Asked);
    }

    [Theory]
    [InlineData("qvm-start", "one of the arguments --all VMNAME is required")]
    [InlineData("qvm-kill", "--all and VMNAME exclude each other", "--all", "vm0")]
    [InlineData("qvm-pause", "--exclude can only be used with --all", "vm0", "--exclude", "vm1")]
    [InlineData("qvm-shutdown", "no such domain: 'nosuch'", "--all", "--exclude", "nosuch")]
    [InlineData("qvm-shutdown", "--timeout -1: seconds, 0 or more, are accepted", "vm1", "--timeout", "-1")]
    public async Task A_wrong_choice_is_refused(string tool, string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync(tool, arguments);
        Assert.Equal((2, $"{tool}: error: {reason}\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Killing_what_does_not_run_is_no_failure()
    {
        Server.Refuse("admin.vm.Kill+", "vm0", "QubesVMNotStartedError", "Domain is powered off: 'vm0'");
        Assert.Equal(0, (await Bench.RunAsync("qvm-kill", "vm0")).Code);
    }

    [Fact]
    public async Task Killing_may_fail_otherwise()
    {
        Server.Refuse("admin.vm.Kill+", "dom0", "QubesVMError", "Cannot kill Admin qube");
        var result = await Bench.RunAsync("qvm-kill", "dom0");
        Assert.Equal((1, "qvm-kill: error: Cannot kill Admin qube\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("admin.vm.Pause+", "vm1")]
    [InlineData("admin.vm.Suspend+", "-S", "vm1")]
    [InlineData("admin.vm.Pause+", "--all")]
    public async Task Pause_pauses_or_suspends_and_with_all_only_what_runs(string call, params string[] arguments)
    {
        Server.Ok(call, "vm1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-pause", arguments)).Code);
        Assert.Equal([$"{call} dom0 name vm1\0"], Asked);
    }

    [Fact]
    public async Task Unpause_lets_a_paused_qube_go_on()
    {
        Server.Ok("admin.vm.Unpause+", "disp1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-unpause", "disp1")).Code);
        Assert.Equal(["admin.vm.Unpause+ dom0 name disp1\0"], Asked);
    }

    [Fact]
    public async Task Unpause_resumes_a_suspended_qube()
    {
        Server.Ok("admin.vm.List+", "asleep", "asleep class=AppVM state=Suspended uuid=x\n");
        Server.Ok("admin.vm.Resume+", "asleep");
        Assert.Equal(0, (await Bench.RunAsync("qvm-unpause", "asleep")).Code);
        Assert.Equal(["admin.vm.Resume+ dom0 name asleep\0"], Asked);
    }

    [Fact]
    public async Task Unpause_all_leaves_preloaded_disposables_alone()
    {
        Server.Ok("admin.vm.feature.Get+internal", "disp1", "1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-unpause", "--all")).Code);
        Assert.Equal(["admin.vm.feature.Get+internal dom0 name disp1\0"], Asked);
    }
}
