using Qubes.Qrexec.Protocol;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Consoles;

public sealed class ConsoleTests : BenchTests
{
    public ConsoleTests()
    {
        ServeList();
        Server.Ok("admin.vm.property.Get+management_dispvm", "vm1", "default=True type=vm mgmt");
        Server.Ok("admin.vm.property.Get+management_dispvm", "vm0", "default=True type=vm ");
        Server.Ok("admin.vm.CreateDisposable+", "mgmt", "disp9").Ok("admin.vm.Start+", "disp9").Ok("admin.vm.Kill+", "disp9");
        Server.Refuse("admin.vm.feature.CheckWithTemplate+gui", "disp9", "QubesFeatureNotFoundError", "Feature not set");
    }

    [Fact]
    public async Task The_console_and_the_service_in_the_disposable_are_connected()
    {
        using var console = PseudoTerminal.Open();
        Server.Ok("admin.vm.Console+", "vm1", console.Path);
        await using var qube = new QrexecQube(Bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.OutputAsync("typed\n");
            await call.ReadPieceAsync();
            await call.SendAsync(MessageType.DataStdout, Array.Empty<byte>());
            await call.ExitAsync(0);
        });
        var running = Bench.RunAsync("qvm-console-dispvm", "vm1");
        // In raw mode neither end changes a line feed, and nothing comes back as an echo.
        Assert.Equal("typed\n", await console.ReadAsync(6));
        await console.WriteAsync("shown\n");
        var result = await running;
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(["DEFAULT:nogui:QUBESRPC qubes.ShowInTerminal+ dom0"], qube.Calls);
        Assert.Equal("admin.vm.Kill+ dom0 name disp9\0", Server.Requests.Last());
    }

    [Fact]
    public async Task A_guest_without_the_service_is_told_plainly()
    {
        using var console = PseudoTerminal.Open();
        Server.Ok("admin.vm.Console+", "vm1", console.Path);
        await using var qube = new QrexecQube(Bench.Paths, "disp9", async call =>
        {
            await call.ConnectAsync();
            await call.ExitAsync(127);
        });
        var running = Bench.RunAsync("qvm-console-dispvm", "vm1");
        var result = await running;
        Assert.Equal(1, result.Code);
        Assert.StartsWith("qvm-console-dispvm: error: disposables of 'mgmt' have no service qubes.ShowInTerminal", result.Error);
        Assert.Equal("admin.vm.Kill+ dom0 name disp9\0", Server.Requests.Last());
    }

    [Theory]
    [InlineData("/dev/null", "'/dev/null' is no terminal")]
    [InlineData("relative", "the daemon did not name a terminal but 'relative'")]
    public async Task What_is_no_terminal_is_refused_before_a_disposable_is_made(string path, string reason)
    {
        Server.Ok("admin.vm.Console+", "vm1", path);
        var result = await Bench.RunAsync("qvm-console-dispvm", "vm1");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("qvm-console-dispvm: error: " + reason, result.Error);
        Assert.DoesNotContain(Server.Requests, request => request.Contains("CreateDisposable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_qube_without_management_disposable_is_told_how_to_get_one()
    {
        var result = await Bench.RunAsync("qvm-console-dispvm", "vm0");
        Assert.Equal(1, result.Code);
        Assert.EndsWith("set one with: qvm-prefs vm0 management_dispvm VMNAME\n", result.Error);
    }
}
