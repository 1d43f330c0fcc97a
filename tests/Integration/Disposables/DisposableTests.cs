using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Disposables;

[Collection(RealMachines.Name)]
public sealed class DisposableTests(DisposableHost host)
{
    private const string InDisposable = "--dispvm=" + DisposableHost.DisposableTemplate;

    private Daemon Daemon => host.Daemon;

    [Fact]
    public async Task Two_runs_are_two_machines_and_leave_nothing()
    {
        var first = (await Daemon.RunAsync("qvm-run", "-p", InDisposable, "cat /proc/sys/kernel/random/boot_id")).Succeeded();
        var second = (await Daemon.RunAsync("qvm-run", "-p", InDisposable, "cat /proc/sys/kernel/random/boot_id")).Succeeded();

        Assert.True(Guid.TryParse(first.Text, out _));
        Assert.True(Guid.TryParse(second.Text, out _));
        Assert.NotEqual(first.Text, second.Text);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        Assert.Empty(Daemon.Machines());
    }

    [Fact]
    public async Task What_is_written_inside_reaches_neither_template()
    {
        // The clean-up of earlier tests' disposables may still be under way.
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        var before = await VolumesAsync();

        (await Daemon.RunAsync("qvm-run", "-p", "-u", "root", InDisposable,
            "dd if=/dev/urandom of=/marker bs=1M count=8; dd if=/dev/urandom of=/rw/marker bs=1M count=8; sync")).Succeeded();
        var seen = await Daemon.RunAsync("qvm-run", "-p", InDisposable, "ls /marker /rw/marker");

        Assert.Equal("", seen.Text);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        Assert.Equal(before, await VolumesAsync());
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("no-such-program", 127)]
    public async Task The_exit_code_is_that_of_the_program(string command, int expected) =>
        Assert.Equal(expected, (await Daemon.RunAsync("qvm-run", "-p", InDisposable, command)).ExitCode);

    [Fact]
    public async Task Both_outputs_arrive_apart()
    {
        var result = await Daemon.RunAsync("qvm-run", "-p", InDisposable, "echo out; echo err >&2");

        Assert.Equal(("out\n", "err\n"), (result.Text, result.Error));
    }

    [Fact]
    public async Task The_end_of_input_reaches_the_program()
    {
        var result = await Daemon.Tool("qvm-run", "-p", InDisposable, "wc -c").RunAsync(new byte[123_456]);

        Assert.Equal("123456", result.Succeeded().Text.Trim());
    }

    [Fact]
    public async Task An_unknown_service_is_127()
    {
        var result = await Daemon.RunAsync("qvm-run", "-p", "--service", InDisposable, "no.such.Service");

        Assert.Equal(127, result.ExitCode);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task A_caller_that_is_killed_takes_its_disposable_along()
    {
        using var caller = Daemon.Tool("qvm-run", "-p", InDisposable, "echo ready; cat").Start();
        Assert.Equal("ready", await caller.StandardOutput.ReadLineAsync());
        using var term = System.Diagnostics.Process.Start("kill", ["-TERM", $"{caller.Id}"]);
        await caller.WaitForExitAsync();

        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task A_gibibyte_passes_both_ways_unharmed_in_bounded_memory()
    {
        const long size = 1L << 30;
        const long bound = 64 << 10;
        var memoryOfDaemon = PeakMemoryKiB(Daemon.ProcessId);
        await using var sent = new RandomBytes(size);
        await using var received = new HashingStream();

        var result = await Daemon.Tool("qvm-run", "-p", InDisposable, "cat; grep VmHWM /proc/1/status >&2").RunAsync(sent, received);

        result.Succeeded();
        Assert.Equal(size, received.Count);
        Assert.Equal(sent.Hash(), received.Hash());
        Assert.InRange(PeakMemoryKiB(Daemon.ProcessId) - memoryOfDaemon, 0, bound);
        Assert.InRange(int.Parse(result.Error.Split(':')[1].Replace("kB", "", StringComparison.Ordinal)), 0, 16 << 10);
    }

    private static long PeakMemoryKiB(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(':')[1].Replace("kB", "", StringComparison.Ordinal));

    // Volumes are mostly holes; tar reads only what is there, and notes each file's name, size and time besides.
    private async Task<string> VolumesAsync()
    {
        const string sum = """
            cd "$1" && find vm-templates appvms -type f | sort | tar -cSf - --no-recursion -T - | sha256sum
            """;
        return (await LocalProgram.RunAsync("bash", "-o", "pipefail", "-c", sum, "-", Daemon.Root + "/var/lib/qubes")).Succeeded().Text;
    }
}
