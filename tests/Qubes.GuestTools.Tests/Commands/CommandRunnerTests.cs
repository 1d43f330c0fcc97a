using Qubes.GuestTools.Commands;
using Qubes.GuestTools.Tests.Bench;

namespace Qubes.GuestTools.Tests.Commands;

public sealed class CommandRunnerTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Fact]
    public async Task An_unknown_command_is_told_which_there_are()
    {
        var result = await bench.RunAsync("qvm-fly\u001b");

        Assert.Equal(2, result.Status);
        Assert.StartsWith("qubes-guest-tools: 'qvm-fly_' is none of its commands: qvm-copy,", result.Errors);
    }

    [Fact]
    public async Task Every_command_explains_itself()
    {
        foreach (var command in CommandRunner.All)
            Assert.Equal((0, $"usage: {command.Name} {command.Usage}\n"), await Ask(command.Name));

        async Task<(int, string)> Ask(string name) => await bench.RunAsync(name, "--help") is var result ? (result.Status, result.Errors) : default;
    }

    [Fact]
    public async Task The_program_ends_with_the_calls_status()
    {
        bench.WriteProgram("qrexec-client-vm", "echo \"$*\" >&2; exit 126\n");
        using var process = ToolProcess.Start(bench, "qvm-run-vm", "--service", "vault", "x.Service");

        var errors = await process.StandardError.ReadToEndAsync().WaitAsync(ToolBench.Patience);
        await process.WaitForExitAsync().WaitAsync(ToolBench.Patience);

        Assert.Equal((126, "-- vault x.Service\n"), (process.ExitCode, errors));
    }

    [Fact]
    public async Task Without_a_client_the_status_says_so()
    {
        using var process = ToolProcess.Start(bench, "qvm-run-vm", "vault", "true");

        var errors = await process.StandardError.ReadToEndAsync().WaitAsync(ToolBench.Patience);
        await process.WaitForExitAsync().WaitAsync(ToolBench.Patience);

        Assert.Equal(127, process.ExitCode);
        Assert.Contains("cannot run", errors);
    }

    public void Dispose() => bench.Dispose();
}
