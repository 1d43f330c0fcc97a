using Qubes.Testbed;

namespace Qubes.Integration.Tests.Admin;

/// <summary>A system of Qubes OS, taken over by a daemon.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private Testbed.Daemon daemon = null!;

    public async Task InitializeAsync() => daemon = await AdminSocket.StartDaemonAsync();

    public async Task DisposeAsync() => await daemon.DisposeAsync();

    [Fact]
    public async Task A_4_2_system_is_there_after_the_import()
    {
        await ImportAsync("4.2");

        Assert.Equal("default=False type=vm ", await PropertyAsync("vault", "netvm"));
        Assert.Equal("default=True type=vm sys-firewall", await PropertyAsync("work", "netvm"));
        Assert.Equal("default=True type=vm default-dvm", await PropertyAsync("work", "default_dispvm"));
        Assert.Equal("default=False type=vm ", await PropertyAsync("vault", "default_dispvm"));
        Assert.Equal("default=False type=int 600", await PropertyAsync("work", "memory"));
        Assert.Equal("default=True type=int 500", await PropertyAsync("sys-firewall", "memory"));
        Assert.Equal("default=False type=label banking", await PropertyAsync("bank", "label"));
        Assert.Equal("default=False type=str 10.137.0.77", await PropertyAsync("bank", "ip"));
        Assert.Equal("default=True type=str 192.168.1.5", await PropertyAsync("work", "visible_ip"));
        Assert.Equal("default=False type=int 4711", await PropertyAsync("sys-usb", "dispid"));
        Assert.Equal("default=False type=str ", await PropertyAsync("windows-10", "kernel"));
        Assert.Equal("default=False type=vm default-mgmt-dvm", (await daemon.CallAsync("admin.property.Get+management_dispvm")).Ok);
        Assert.Equal("0xff7fed", (await daemon.CallAsync("admin.label.Get+banking")).Ok);
        Assert.Equal("varlibqubes\nlinux-kernel\nvm-pool\n", (await daemon.CallAsync("admin.pool.List")).Ok);
        Assert.Equal("root\nprivate\nvolatile\nkernel\n", (await daemon.CallAsync("admin.vm.volume.List", "work")).Ok);
        Assert.Equal("menu-items\nnet.fake-ip\n", (await daemon.CallAsync("admin.vm.feature.List", "work")).Ok);
        Assert.Contains("audiovm-dom0\n", (await daemon.CallAsync("admin.vm.tag.List", "work")).Ok, StringComparison.Ordinal);
        Assert.Contains("sys-usb class=DispVM state=Halted uuid=0000000b-", (await daemon.CallAsync("admin.vm.List")).Ok, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_4_3_system_is_there_but_for_the_disposable_that_nobody_has_any_more()
    {
        await ImportAsync("4.3");

        Assert.Equal("default=False type=str rescue", await PropertyAsync("work", "bootmode"));
        Assert.Equal("default=False type=vm sys-gui", await PropertyAsync("work", "guivm"));
        Assert.Equal("default=True type=str de+nodeadkeys+", await PropertyAsync("work", "keyboard_layout"));
        Assert.Equal("default=False type=str b******u03****", await PropertyAsync("work", "devices_denied"));
        Assert.Equal("default=False type=vm sys-firewall", await PropertyAsync("elsewhere", "relayvm"));
        Assert.Equal("default=False type=int 15", await PropertyAsync("debian-13-dvm", "shutdown_timeout"));
        Assert.Equal("default=False type=int 90", (await daemon.CallAsync("admin.property.Get+default_shutdown_timeout")).Ok);
        Assert.Equal("a & b <c>", (await daemon.CallAsync("admin.vm.feature.Get+vm-config.color", "work")).Ok);
        Assert.Equal("2", (await daemon.CallAsync("admin.vm.feature.Get+preload-dispvm-max", "debian-13-dvm")).Ok);
        Assert.Equal("0xffaacc", (await daemon.CallAsync("admin.label.Get+pink")).Ok);
        var list = (await daemon.CallAsync("admin.vm.List")).Ok;
        Assert.Contains("online class=DispVM", list, StringComparison.Ordinal);
        Assert.DoesNotContain("disp1234", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4.2")]
    [InlineData("4.3")]
    public async Task The_daemon_on_it_is_healthy(string version)
    {
        await ImportAsync(version);
        await daemon.AddKernelAsync();

        // The pools of the file need a driver or a file system that this host does not have.
        _ = (await daemon.CallAsync("admin.pool.Add+file", payload: $"name=here\ndir_path={daemon.Root}/here\n")).Ok;
        _ = (await daemon.CallAsync("admin.vm.CreateInPool.StandaloneVM", payload: "name=new label=red pool=here")).Ok;
        _ = (await daemon.CallAsync("admin.vm.property.Set+netvm", "new")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Start", "new")).Ok;
        Assert.Equal("default=True type=int 400", await PropertyAsync("new", "memory"));
        _ = (await daemon.CallAsync("admin.vm.Kill", "new")).Ok;
        foreach (var qube in (await daemon.CallAsync("admin.vm.List")).Ok.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _ = (await daemon.CallAsync("admin.vm.property.GetAll", qube.Split(' ')[0])).Ok;
        Assert.DoesNotContain("crit", daemon.Log(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", daemon.Log(), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task A_running_daemons_state_is_neither_read_nor_written()
    {
        var before = (await daemon.CallAsync("admin.vm.List")).Ok;
        (await daemon.RunAsync("qubesd-import", Sample("4.2"))).RefusedWith("in use by another process");
        (await daemon.RunAsync("qubesd-import", "--export", "-")).RefusedWith("in use by another process");
        Assert.Equal(before, (await daemon.CallAsync("admin.vm.List")).Ok);
    }

    [Fact]
    public async Task What_is_refused_is_told_in_one_line_and_leaves_the_state()
    {
        _ = await daemon.StopAsync();
        var file = daemon.Root + "/bad.xml";
        await File.WriteAllTextAsync(file, "<!DOCTYPE a [<!ENTITY b \"c\">]><qubes version=\"3.0\">&b;</qubes>");
        (await daemon.RunAsync("qubesd-import", file)).RefusedWith("not well-formed XML without a DTD");
        (await daemon.RunAsync("qubesd-import", daemon.Root + "/none.xml")).RefusedWith("none.xml");
        Assert.Equal(0, (await daemon.RunAsync("qubesd-import", "--dry-run", Sample("4.3"))).ExitCode);
        Assert.Equal(0, (await daemon.RunAsync("qubesd-import", Sample("4.3"))).ExitCode);
        (await daemon.RunAsync("qubesd-import", Sample("4.3"))).RefusedWith("imported only into one that has none but dom0");
    }

    [Fact]
    public async Task Wrong_arguments_end_with_2()
    {
        foreach (var arguments in (string[][])[[], ["--dry-run", "--export", "x"], ["a", "b"], ["-"], ["--merge", "x"]])
            Assert.True((await daemon.RunAsync("qubesd-import", arguments)).ExitCode == 2, string.Join(' ', arguments));
    }

    [Fact]
    public async Task A_dry_run_without_a_state_makes_none()
    {
        _ = await daemon.StopAsync();
        File.Delete(daemon.Root + "/var/lib/qubes/state.db");
        var result = (await daemon.RunAsync("qubesd-import", "--dry-run", Sample("4.2"))).Succeeded();
        Assert.EndsWith("would import: 11 qubes, 3 pools, 9 labels; 7 warnings\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("\nAppVM work (qid 5): 7 properties, 2 features, 3 tags, 4 volumes\n", result.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(daemon.Root + "/var/lib/qubes/state.db"));
        (await daemon.RunAsync("qubesd-import", "--export", "-")).RefusedWith("there is no state to export");
    }

    [Fact]
    public async Task What_a_daemon_made_of_it_is_exported_and_comes_back_the_same()
    {
        await ImportAsync("4.3");
        _ = (await daemon.CallAsync("admin.vm.notes.Set", "work", "to remember")).Ok;
        _ = (await daemon.CallAsync("admin.vm.firewall.Set", "work", "action=drop\n")).Ok;
        _ = await daemon.StopAsync();
        var file = daemon.Root + "/out.xml";
        (await daemon.RunAsync("qubesd-import", "--export", file)).Succeeded();
        var text = (await daemon.RunAsync("qubesd-import", "--export", "-")).Succeeded().Text;
        Assert.Equal(await File.ReadAllTextAsync(file), text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        foreach (var state in Directory.GetFiles(daemon.Root + "/var/lib/qubes", "state.db*"))
            File.Delete(state);
        (await daemon.RunAsync("qubesd-import", file)).Succeeded();
        Assert.Equal(text, (await daemon.RunAsync("qubesd-import", "--export", "-")).Succeeded().Text);
        await daemon.RestartAsync("--hypervisor", "simulated");

        Assert.Equal("to remember", (await daemon.CallAsync("admin.vm.notes.Get", "work")).Ok);
        Assert.Equal("action=drop\n", (await daemon.CallAsync("admin.vm.firewall.Get", "work")).Ok);
    }

    [Fact]
    public async Task Disposables_that_pass_and_queues_of_them_are_not_exported()
    {
        _ = await daemon.StopAsync();
        File.Delete(daemon.Root + "/var/lib/qubes/state.db");
        _ = (await daemon.RunAsync("qubesd-import", Sample("4.3"))).Succeeded();

        var text = (await daemon.RunAsync("qubesd-import", "--export", "-")).Succeeded().Text;

        Assert.DoesNotContain("disp1234", text, StringComparison.Ordinal);
        Assert.Contains("<feature name=\"preload-dispvm-max\">2</feature>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"preload-dispvm-delay\"", text, StringComparison.Ordinal);
        Assert.Contains("online", text, StringComparison.Ordinal);
    }

    private static string Sample(string version) => $"{Repository.Root}/tests/Qubes.Kernel.Tests/Interchange/samples/qubes-{version}.xml";

    private async Task ImportAsync(string version)
    {
        _ = await daemon.StopAsync();
        var result = (await daemon.RunAsync("qubesd-import", Sample(version))).Succeeded();
        Assert.All(result.ErrorLines, line => Assert.StartsWith("qubesd-import: warning: ", line, StringComparison.Ordinal));
        await daemon.RestartAsync("--hypervisor", "simulated");
    }

    private async Task<string> PropertyAsync(string qube, string property) =>
        (await daemon.CallAsync("admin.vm.property.Get+" + property, qube)).Ok;
}
