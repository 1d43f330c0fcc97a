using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Running;

public sealed class DisposableRunTests : BenchTests
{
    public DisposableRunTests()
    {
        Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp9").Ok("admin.vm.CreateDisposable+", "dz-dvm", "disp9");
        foreach (var feature in new[] { "gui", "vmexec", "supported-rpc.qubes.VMExec" })
            Server.Refuse("admin.vm.feature.CheckWithTemplate+" + feature, "disp9", "QubesFeatureNotFoundError", "Feature not set");
        Server.Ok("admin.vm.Kill+", "disp9");
    }

    private IEnumerable<string> Lifecycle => Server.Requests.Where(request => !request.Contains("feature", StringComparison.Ordinal));

    private static readonly string[] WholeLife =
        ["admin.vm.Start+ dom0 name disp9\0", "admin.vm.Kill+ dom0 name disp9\0"];

    private QrexecQube Qube(int status) => new(Bench.Paths, "disp9", async call =>
    {
        await call.ConnectAsync();
        await call.ReadInputAsync();
        await call.OutputAsync("done\n");
        await call.ExitAsync(status);
    });

    [Theory]
    [InlineData("dom0", "--dispvm", "--", "id")]
    [InlineData("dom0", "--dispvm", "id")]
    [InlineData("dom0", "-p", "--dispvm", "--service", "dz.Convert")]
    [InlineData("dz-dvm", "--dispvm=dz-dvm", "id", "-u")]
    [InlineData("dz-dvm", "-p", "--dispvm=dz-dvm", "--service", "dz.Convert")]
    [InlineData("dz-dvm", "--dispvm", "dz-dvm", "id")]
    [InlineData("dz-dvm", "-u", "root", "--dispvm=dz-dvm", "--no-gui", "--", "id", "--all")]
    public async Task A_disposable_is_made_started_used_and_killed(string template, params string[] arguments)
    {
        Server.Ok("admin.vm.Start+", "disp9");
        await using var qube = Qube(3);
        var result = await Bench.RunAsync("qvm-run", arguments);
        Assert.Equal(3, result.Code);
        Assert.Equal([$"admin.vm.CreateDisposable+ dom0 name {template}\0", .. WholeLife], Lifecycle);
        Assert.Single(qube.Calls);
    }

    [Fact]
    public async Task A_preloaded_one_runs_already()
    {
        Server.Refuse("admin.vm.Start+", "disp9", "QubesVMNotHaltedError", "Domain is not powered off: 'disp9'");
        await using var qube = Qube(0);
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "--dispvm=dz-dvm", "id")).Code);
    }

    [Fact]
    public async Task One_that_does_not_start_is_killed_and_the_reason_told()
    {
        Server.Refuse("admin.vm.Start+", "disp9", "QubesMemoryError", "Not enough memory to start domain 'disp9'");
        await using var other = new ToolBench();
        var result = await Bench.RunAsync("qvm-run", "--dispvm=dz-dvm", "id");
        Assert.Equal((1, "qvm-run: error: Not enough memory to start domain 'disp9'\n"), (result.Code, result.Error));
        Assert.Equal("admin.vm.Kill+ dom0 name disp9\0", Lifecycle.Last());
    }

    [Theory]
    [InlineData("QubesVMNotFoundError")]
    [InlineData("QubesVMNotStartedError")]
    public async Task One_that_is_gone_already_needs_no_killing(string wireClass)
    {
        await using var bench = new ToolBench();
        bench.Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp9").Ok("admin.vm.Start+", "disp9");
        bench.Server.Refuse("admin.vm.Kill+", "disp9", wireClass, "gone");
        bench.Server.Refuse("admin.vm.feature.CheckWithTemplate+gui", "disp9", "QubesFeatureNotFoundError", "Feature not set");
        await using var qube = new QrexecQube(bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.ExitAsync(0);
        });
        var result = await bench.RunAsync("qvm-run", "-p", "--dispvm", "--", "id");
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task It_is_killed_also_when_we_are_interrupted()
    {
        Server.Ok("admin.vm.Start+", "disp9");
        using var interrupt = new CancellationTokenSource();
        Bench.Cancellation = interrupt.Token;
        var left = false;
        await using (var qube = new QrexecQube(Bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.ReadInputAsync();
            await interrupt.CancelAsync();
            await call.ReadPieceAsync();
            left = call.CallerLeft;
        }))
        {
            var result = await Bench.RunAsync("qvm-run", "-p", "--dispvm", "--", "sleep inf");
            Assert.Equal((130, ""), (result.Code, result.Error));
        }

        Assert.True(left);
        Assert.Equal("admin.vm.Kill+ dom0 name disp9\0", Lifecycle.Last());
    }

    [Fact]
    public async Task A_failure_to_kill_is_told_and_does_not_hide_the_status()
    {
        await using var bench = new ToolBench();
        bench.Server.Ok("admin.vm.CreateDisposable+", "dom0", "disp9").Ok("admin.vm.Start+", "disp9");
        bench.Server.Refuse("admin.vm.Kill+", "disp9", "QubesVMError", "stuck");
        bench.Server.Refuse("admin.vm.feature.CheckWithTemplate+gui", "disp9", "QubesFeatureNotFoundError", "Feature not set");
        await using var qube = new QrexecQube(bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.ExitAsync(9);
        });
        var result = await bench.RunAsync("qvm-run", "-p", "--dispvm", "--", "id");
        Assert.Equal((9, "qvm-run: could not kill disp9: stuck\n"), (result.Code, result.Error));
    }
}
