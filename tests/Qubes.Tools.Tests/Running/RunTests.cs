using System.Text;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Running;

public sealed class RunTests : BenchTests
{
    public RunTests()
    {
        ServeList();
        foreach (var name in new[] { "vm0", "vm1", "disp9", "disp1" })
        {
            foreach (var feature in new[] { "gui", "vmexec", "supported-rpc.qubes.VMExec" })
                Server.Refuse("admin.vm.feature.CheckWithTemplate+" + feature, name, "QubesFeatureNotFoundError", "Feature not set");
            Server.Refuse("admin.vm.feature.Get+internal", name, "QubesFeatureNotFoundError", "Feature not set");
        }
    }

    private QrexecQube Qube(string name, Func<ServedCall, Task> serve) => new(Bench.Paths, name, serve);

    /// <summary>Answers with what came in, as text, and gives a status.</summary>
    private QrexecQube Echo(string name, int status = 0) => Qube(name, async call =>
    {
        await call.ConnectAsync();
        await call.OutputAsync(Encoding.UTF8.GetString(await call.ReadInputAsync()));
        await call.ErrorAsync("to stderr\n");
        await call.ExitAsync(status);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(126)]
    [InlineData(137)]
    public async Task With_streams_the_shell_gets_the_command_and_the_input_and_the_status_is_the_commands(int status)
    {
        Bench.Input = "data\nmore";
        await using var qube = Echo("vm1", status);
        var result = await Bench.RunAsync("qvm-run", "-p", "vm1", "cat 'it'");
        Assert.Equal(status, result.Code);
        Assert.Equal("exec bash -c 'cat '\\''it'\\''' || exit 127\ndata\nmore", result.Output);
        Assert.Equal("to stderr\n", result.Error);
        Assert.Equal(["DEFAULT:nogui:QUBESRPC qubes.VMShell+ dom0"], qube.Calls);
    }

    [Theory]
    [InlineData("root:nogui:QUBESRPC qubes.VMShell+ dom0", "-u", "root", "vm1", "id")]
    [InlineData("DEFAULT:nogui:QUBESRPC my.Service+arg dom0", "--service", "vm1", "my.Service+arg")]
    [InlineData("DEFAULT:nogui:QUBESRPC my.Service+ dom0", "vm1", "--service", "my.Service")]
    [InlineData("DEFAULT:nogui:QUBESRPC qubes.VMShell+ dom0", "-pn", "vm1", "ls", "-la", "--service", "-u", "x")]
    public async Task User_and_service_are_in_the_call(string call, params string[] arguments)
    {
        await using var qube = Echo("vm1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", ["-p", .. arguments])).Code);
        Assert.Equal([call], qube.Calls);
    }

    [Theory]
    [InlineData("vmexec")]
    [InlineData("supported-rpc.qubes.VMExec")]
    public async Task Words_after_the_command_go_through_vmexec_where_the_qube_has_it(string feature)
    {
        Server.Ok("admin.vm.feature.CheckWithTemplate+" + feature, "vm2", "1");
        foreach (var other in new[] { "gui", "vmexec" })
            Server.Refuse("admin.vm.feature.CheckWithTemplate+" + other, "vm2", "QubesFeatureNotFoundError", "Feature not set");
        Server.Ok("admin.vm.List+", "vm2", "vm2 class=AppVM state=Running uuid=x\n");
        await using var qube = Echo("vm2");
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "-p", "vm2", "ls", "-la", "/tmp", "--", "-p")).Code);
        Assert.StartsWith("DEFAULT:nogui:QUBESRPC qubes.VMExec+ls+--la+-2Ftmp+", Assert.Single(qube.Calls));
    }

    [Fact]
    public async Task Where_it_does_not_they_are_quoted_for_the_shell()
    {
        await using var qube = Echo("vm1");
        var result = await Bench.RunAsync("qvm-run", "-p", "vm1", "echo", "a b", "it's");
        Assert.Equal($"exec bash -c {Quoted("'echo' 'a b' 'it'\\''s'")} || exit 127\n", result.Output);

        static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    [Theory]
    [InlineData("'grep' '--' '-x'", "vm1", "grep", "--", "-x")]
    [InlineData("'grep' '--' '-x'", "--", "vm1", "grep", "--", "-x")]
    [InlineData("'ls' '-p'", "vm1", "--", "ls", "-p")]
    [InlineData("'ls' '-h'", "--user=root", "-q", "vm1", "-n", "ls", "-h")]
    [InlineData("'ls' '@file'", "-nq", "-u", "root", "vm1", "ls", "@file")]
    [InlineData("'ls' '--all'", "-nqu", "root", "vm1", "ls", "--all")]
    public async Task What_follows_the_command_is_the_commands(string words, params string[] arguments)
    {
        await using var qube = Echo("vm1");
        var result = await Bench.RunAsync("qvm-run", ["-p", .. arguments]);
        Assert.Equal($"exec bash -c '{words.Replace("'", "'\\''", StringComparison.Ordinal)}' || exit 127\n", result.Output);
    }

    [Fact]
    public async Task A_qube_with_a_desktop_is_asked_to_wait_for_it_unless_told_not_to()
    {
        Server.Ok("admin.vm.feature.CheckWithTemplate+gui", "vm3", "1");
        Server.Ok("admin.vm.List+", "vm3", "vm3 class=AppVM state=Running uuid=x\n");
        await using var qube = Echo("vm3");
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "-p", "vm3", "id")).Code);
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "-p", "--no-gui", "vm3", "id")).Code);
        Assert.Equal(["DEFAULT:QUBESRPC qubes.VMShell+WaitForSession dom0", "DEFAULT:nogui:QUBESRPC qubes.VMShell+ dom0"], qube.Calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    public async Task Without_streams_the_command_is_only_started(int status)
    {
        await using var qube = Qube("vm1", async call =>
        {
            await call.ConnectAsync();
            await call.ExitCodeAsync(status);
        });
        var result = await Bench.RunAsync("qvm-run", "vm1", "firefox");
        Assert.Equal((status, "", "Running 'firefox' on vm1\n"), (result.Code, result.Output, result.Error));
        Assert.Equal(["just DEFAULT:nogui:firefox"], qube.Calls);
        Assert.Equal("", (await Bench.RunAsync("qvm-run", "-q", "vm1", "firefox")).Error);
    }

    [Fact]
    public async Task A_halted_qube_is_started_first()
    {
        Server.Ok("admin.vm.Start+", "vm0");
        await using var qube = Echo("vm0");
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "-a", "-p", "vm0", "id")).Code);
        Assert.Contains("admin.vm.Start+ dom0 name vm0\0", Asked);
    }

    [Fact]
    public async Task A_paused_qube_goes_on_first()
    {
        Server.Ok("admin.vm.Unpause+", "disp1");
        await using var qube = Echo("disp1");
        Assert.Equal(0, (await Bench.RunAsync("qvm-run", "-p", "disp1", "id")).Code);
        Assert.Contains("admin.vm.Unpause+ dom0 name disp1\0", Asked);
    }

    [Fact]
    public async Task Not_if_told_not_to()
    {
        var halted = await Bench.RunAsync("qvm-run", "--no-autostart", "vm0", "id");
        Assert.Equal((1, "qvm-run: error: qube 'vm0' is not started\n"), (halted.Code, halted.Error));
        var paused = await Bench.RunAsync("qvm-run", "-n", "disp1", "id");
        Assert.Equal((1, "qvm-run: error: qube 'disp1' is paused\n"), (paused.Code, paused.Error));
        Assert.Empty(Asked);
    }

    [Fact]
    public async Task All_means_every_running_qube_that_is_not_internal()
    {
        await using var qube = Echo("vm1", 5);
        var result = await Bench.RunAsync("qvm-run", "-p", "--all", "id");
        Assert.Equal((5, "exec bash -c 'id' || exit 127\n"), (result.Code, result.Output));
    }

    [Fact]
    public async Task Output_for_a_terminal_is_filtered_and_coloured()
    {
        Bench.Terminal = true;
        Bench.Input = "\u001b]0;title\u0007 ä\n";
        await using var qube = Echo("vm1");
        var result = await Bench.RunAsync("qvm-run", "-p", "--service", "vm1", "echo");
        Assert.Equal("\u001b[0;31m_]0;title\u0007 __\n\u001b[0m", result.Output);
        var plain = await Bench.RunAsync("qvm-run", "-p", "--no-filter-escape-chars", "--no-color-output", "--service", "vm1", "echo");
        Assert.Equal(Bench.Input, plain.Output);
        var green = await Bench.RunAsync("qvm-run", "-p", "--colour-output=32", "--service", "vm1", "echo");
        Assert.StartsWith("\u001b[0;32m_]", green.Output);
    }

    [Fact]
    public async Task Output_for_a_file_passes_unchanged_unless_a_filter_is_asked_for()
    {
        Bench.Input = "\u001b[2J";
        await using var qube = Echo("vm1");
        Assert.Equal(Bench.Input, (await Bench.RunAsync("qvm-run", "-p", "--service", "vm1", "echo")).Output);
        Assert.Equal("_[2J", (await Bench.RunAsync("qvm-run", "-p", "--filter-escape-chars", "--service", "vm1", "echo")).Output);
    }

    [Fact]
    public async Task A_local_command_takes_the_place_of_our_streams()
    {
        await using var qube = Qube("vm1", async call =>
        {
            await call.ConnectAsync();
            var input = await call.ReadPieceAsync();
            await call.OutputAsync(Encoding.UTF8.GetString(input.Span));
            await call.ExitAsync(0);
        });
        var file = Path.Combine(Bench.Root, "got");
        var result = await Bench.RunAsync("qvm-run", "-p", "--localcmd", $"echo ping; cat > {file}; exit 4", "--service", "vm1", "x");
        Assert.Equal((4, ""), (result.Code, result.Error));
        Assert.Equal("ping\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_qube_without_an_agent_is_trouble_within_qrexec()
    {
        var result = await Bench.RunAsync("qvm-run", "-p", "vm1", "id");
        Assert.Equal(125, result.Code);
        Assert.StartsWith("qvm-run: error: cannot call a service in 'vm1': its qrexec agent is not connected", result.Error);
    }

    [Theory]
    [InlineData("the following arguments are required: VMNAME, COMMAND")]
    [InlineData("the following arguments are required: COMMAND", "vm1")]
    [InlineData("the following arguments are required: COMMAND", "--dispvm")]
    [InlineData("a service takes no further words; its argument is written after a +", "--service", "vm1", "a", "b")]
    [InlineData("--localcmd needs --pass-io", "--localcmd", "cat", "vm1", "id")]
    [InlineData("--all and --dispvm exclude each other", "--all", "--dispvm", "--", "id")]
    [InlineData("VMNAME excludes --all and --dispvm", "vm1", "--dispvm", "--service", "id")]
    [InlineData("--exclude can only be used with --all", "--exclude", "vm0", "vm1", "id")]
    [InlineData("qvm-run does not run commands in dom0", "dom0", "id")]
    [InlineData("no such domain: 'nosuch'", "nosuch", "id")]
    [InlineData("no such user: 'a:b'", "-u", "a:b", "vm1", "id")]
    [InlineData("no such colour: 'red'; numbers of ANSI colours are accepted, such as 31 for red", "-p", "--color-output", "red", "vm1", "id")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qvm-run", arguments);
        Assert.Equal((2, $"qvm-run: error: {reason}\n"), (result.Code, result.Error));
    }
}
