using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Daemons;

[Collection(RealMachines.Name)]
public sealed class AdoptionTests(DisposableHost host)
{
    private Daemon Daemon => host.Daemon;

    [Fact]
    public async Task The_next_daemon_takes_over_what_a_killed_one_left_running()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", "kept")).Succeeded();
        (await Daemon.RunAsync("qvm-start", "kept")).Succeeded();
        var bootId = (await Daemon.RunAsync("qvm-run", "-p", "kept", "cat /proc/sys/kernel/random/boot_id")).Succeeded().Text;
        var machine = Assert.Single(Daemon.Machines());

        await Daemon.KillAsync();
        Assert.Equal([machine], Daemon.Machines());
        await Daemon.RestartAsync();

        Assert.Equal(bootId, (await Daemon.RunAsync("qvm-run", "-p", "kept", "cat /proc/sys/kernel/random/boot_id")).Succeeded().Text);
        (await Daemon.RunAsync("qvm-shutdown", "--wait", "kept")).Succeeded();
        Assert.Empty(Daemon.Machines());
        (await Daemon.RunAsync("qvm-remove", "-f", "kept")).Succeeded();
    }

    [Fact]
    public async Task A_daemon_killed_in_mid_transfer_leaves_a_qube_that_serves_the_next_one()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", "busy")).Succeeded();
        (await Daemon.RunAsync("qvm-start", "busy")).Succeeded();
        using var transfer = Daemon.Tool("qvm-run", "-p", "busy", "cat /dev/zero").Start();
        var buffer = new byte[1 << 20];
        await transfer.StandardOutput.BaseStream.ReadExactlyAsync(buffer);

        await Daemon.KillAsync();
        await transfer.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await transfer.WaitForExitAsync();
        await Daemon.RestartAsync();

        Assert.Equal(255, transfer.ExitCode);
        Assert.Equal("fine\n", (await Daemon.RunAsync("qvm-run", "-p", "busy", "echo fine")).Succeeded().Text);
        (await Daemon.RunAsync("qvm-kill", "busy")).Succeeded();
        (await Daemon.RunAsync("qvm-remove", "-f", "busy")).Succeeded();
    }

    [Fact]
    public async Task A_disposable_whose_daemon_was_killed_is_still_removed_in_the_end()
    {
        using var caller = Daemon.Tool("qvm-run", "-p", "--dispvm=" + DisposableHost.DisposableTemplate, "echo up; cat").Start();
        Assert.Equal("up", await caller.StandardOutput.ReadLineAsync());
        var name = Assert.Single(Daemon.Machines());

        await Daemon.KillAsync();
        await caller.WaitForExitAsync();
        await Daemon.RestartAsync();
        Assert.Equal([name], Daemon.Machines());
        (await Daemon.RunAsync("qvm-shutdown", "--all", "--wait")).Succeeded();

        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task What_a_persistent_qube_writes_is_there_at_its_next_start()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", "notes")).Succeeded();
        (await Daemon.RunAsync("qvm-start", "notes")).Succeeded();
        (await Daemon.RunAsync("qvm-run", "-p", "notes", "echo remembered > ~/note")).Succeeded();
        (await Daemon.RunAsync("qvm-shutdown", "--wait", "notes")).Succeeded();

        (await Daemon.RunAsync("qvm-start", "notes")).Succeeded();
        Assert.Equal("remembered\n", (await Daemon.RunAsync("qvm-run", "-p", "notes", "cat ~/note")).Succeeded().Text);
        (await Daemon.RunAsync("qvm-kill", "notes")).Succeeded();
        (await Daemon.RunAsync("qvm-remove", "-f", "notes")).Succeeded();
    }
}
