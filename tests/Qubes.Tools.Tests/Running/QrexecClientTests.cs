using System.Text;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Running;

public sealed class QrexecClientTests : BenchTests
{
    private QrexecQube Echo(int status = 0) => new(Bench.Paths, "vm1", async call =>
    {
        await call.ConnectAsync();
        await call.OutputAsync(Encoding.UTF8.GetString(await call.ReadInputAsync()));
        await call.ErrorAsync("e\u001b");
        await call.ExitAsync(status);
    });

    [Theory]
    [InlineData("user:QUBESRPC qubes.VMExec+ls dom0")]
    [InlineData("DEFAULT:nogui:cat /etc/hostname")]
    public async Task The_command_is_sent_as_it_is_and_the_status_passed_on(string command)
    {
        Bench.Input = "in";
        await using var qube = Echo(42);
        var result = await Bench.RunAsync("qrexec-client", "-d", "vm1", command);
        Assert.Equal((42, "in", "e\u001b"), (result.Code, result.Output, result.Error));
        Assert.Equal([command], qube.Calls);
    }

    [Fact]
    public async Task The_small_options_do_what_they_say()
    {
        Bench.Input = "\u001bin";
        await using var qube = Echo(42);
        Server.Ok("admin.vm.Kill+", "vm1");
        var result = await Bench.RunAsync("qrexec-client", "-E", "-t", "-T", "-k", "-p", "prefix ", "-w", "0", "-d", "vm1", "user:cat");
        Assert.Equal((0, "prefix _in", "e_"), (result.Code, result.Output, result.Error));
        Assert.Equal(["admin.vm.Kill+ dom0 name vm1\0"], Server.Requests);
    }

    [Fact]
    public async Task Just_exec_connects_no_streams()
    {
        await using var qube = new QrexecQube(Bench.Paths, "vm1", async call =>
        {
            await call.ConnectAsync();
            await call.ExitCodeAsync(0);
        });
        Assert.Equal(0, (await Bench.RunAsync("qrexec-client", "-e", "-d", "vm1", "user:firefox")).Code);
        Assert.Equal(["just user:firefox"], qube.Calls);
    }

    [Fact]
    public async Task A_local_program_is_connected()
    {
        await using var qube = Echo();
        var file = Path.Combine(Bench.Root, "got");
        var result = await Bench.RunAsync("qrexec-client", "-d", "vm1", "-l", $"echo hello; exec 1>&-; cat > {file}", "user:cat");
        Assert.Equal(0, result.Code);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task The_socket_may_be_elsewhere()
    {
        await using var elsewhere = new ToolBench();
        await using var qube = Echo(5);
        var result = await Bench.RunAsync("qrexec-client", "--socket-dir", Bench.Paths.QrexecDirectory, "-d", "vm1", "user:cat");
        Assert.Equal(5, result.Code);
        Assert.Equal(125, (await Bench.RunAsync("qrexec-client", "--socket-dir", elsewhere.Root, "-d", "vm1", "user:cat")).Code);
    }

    [Theory]
    [InlineData("Option '-d' is required.", "user:cat")]
    [InlineData("'cat': USER:COMMAND is accepted", "-d", "vm1", "cat")]
    [InlineData("':cat': USER:COMMAND is accepted", "-d", "vm1", ":cat")]
    [InlineData("'user:': USER:COMMAND is accepted", "-d", "vm1", "user:")]
    [InlineData("no such domain: '../x'", "-d", "../x", "user:cat")]
    [InlineData("calls of services in dom0 are not accepted here; the daemon makes them for qubes", "-d", "dom0", "user:cat")]
    [InlineData("-w -5: seconds, 0 or more, are accepted", "-w", "-5", "-d", "vm1", "user:cat")]
    [InlineData("-l and --use-stdin-socket exclude each other", "-l", "cat", "--use-stdin-socket", "-d", "vm1", "user:cat")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        var result = await Bench.RunAsync("qrexec-client", arguments);
        Assert.Equal((2, $"qrexec-client: error: {reason}\n"), (result.Code, result.Error));
    }
}
