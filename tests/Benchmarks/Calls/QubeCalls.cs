using System.Globalization;
using Qubes.Benchmarks.Disposables;

namespace Qubes.Benchmarks.Calls;

/// <summary>What a call costs by itself, what passes between two qubes, and what a qube that floods the host does to others.</summary>
internal sealed class QubeCalls(BenchQubes qubes)
{
    private const int Rounds = 200;
    private const int Turns = 4;
    private const int TransferRounds = 5;
    private const long Size = 200_000_000;
    private const string Nothing = "bench.Nothing";
    private const string Command = $"DEFAULT:QUBESRPC {Nothing} dom0";

    // Four callers that ask for what they do not get as fast as they can; or that only keep the processor as busy.
    private const string Flood =
        "for i in 1 2 3 4; do (while :; do qrexec-client-vm vm1 bench.Denied </dev/null >/dev/null 2>&1; done) & done; echo begun";

    private const string Spin = "for i in 1 2 3 4; do (while :; do :; done) & done; echo begun";
    private const string Stop = "kill $(jobs -p); wait 2>/dev/null; echo stopped";

    public async Task RunAsync(Report report)
    {
        await using var shell = new GuestShell(qubes, BenchQubes.Running);
        await MeasureCostAsync(report, shell);
        await MeasureTransfersAsync(report, shell);
        await MeasureNeighbourAsync(report);
    }

    private async Task MeasureCostAsync(Report report, GuestShell shell)
    {
        var (bare, call, between) = (new Sample(), new Sample(), new Sample());
        for (var i = 0; i < Rounds; i++)
        {
            bare.Add(await SecondsAsync(() => shell.RunAsync("/bin/true; echo")));
            call.Add(await SecondsAsync(CallAsync));
            between.Add(double.Parse(
                await shell.RunAsync($"b=$EPOCHREALTIME; qrexec-client-vm vm2 {Nothing} </dev/null; echo $b $EPOCHREALTIME | awk '{{print $2 - $1}}'"),
                CultureInfo.InvariantCulture));
        }
        report.Section(
            "Calls",
            $"Turn by turn. Bare: a line to a shell that already runs in the qube, which starts `/bin/true` and answers. Call: `qrexec-client` on the host, " +
            $"as a process, calls `{Nothing}`, an empty shell script, in the same qube. Between qubes: `qrexec-client-vm` as a process in that " +
            "qube calls it in another; by the qube's clock.",
            ["what", "N", "p50", "p99", "to bare", "goal"],
            [Row("bare process start", bare, bare, ""), Row("call from the host", call, bare, "3"), Row("call between qubes", between, bare, "")]);
    }

    private static async Task MeasureTransfersAsync(Report report, GuestShell shell)
    {
        var (oneWay, bothWays) = (new Sample(), new Sample());
        for (var i = 0; i < TransferRounds; i++)
        {
            oneWay.Add(await RateAsync(shell, "bench.Sink", "/dev/null"));
            bothWays.Add(await RateAsync(shell, "bench.Echo", "/dev/null"));
        }
        report.Section(
            "Transfer between qubes",
            $"{Size / 1_000_000} MB of zeros through `qrexec-client-vm` in one qube and a service in another, start and end included; both ways: each way at once, " +
            "the rate of one way.",
            ["direction", "N", "p50 MB/s", "slowest MB/s", "goal"],
            [
                ["one way", $"{oneWay.Count}", oneWay.Percentile(50).ToString("0"), oneWay.Percentile(1).ToString("0"), ""],
                ["both ways at once", $"{bothWays.Count}", bothWays.Percentile(50).ToString("0"), bothWays.Percentile(1).ToString("0"), "60"],
            ]);
    }

    // A guest whose processor is busy slows its neighbours by that alone: that is the measure beside the flood.
    private async Task MeasureNeighbourAsync(Report report)
    {
        var (spinning, flooding) = (new Sample(), new Sample());
        await using var neighbour = new GuestShell(qubes, BenchQubes.Other);
        for (var turn = 0; turn < Turns; turn++)
        {
            await MeasureBesideAsync(neighbour, Spin, spinning);
            await MeasureBesideAsync(neighbour, Flood, flooding);
        }
        report.Section(
            "A qube that floods the host",
            "`qrexec-client` from the host to one qube while another makes calls that policy denies, four callers at a time and as fast as it can; beside the same " +
            "while that other qube only keeps its processor busy.",
            ["the other qube", "N", "p50", "p99", "p99 beside", "goal"],
            [Row("is busy", spinning, spinning, "", percent: 99), Row("floods", flooding, spinning, "2", percent: 99)]);
    }

    private async Task MeasureBesideAsync(GuestShell neighbour, string script, Sample sample)
    {
        await neighbour.RunAsync(script);
        for (var i = 0; i < Rounds / Turns; i++)
            sample.Add(await SecondsAsync(CallAsync));
        await neighbour.RunAsync(Stop);
    }

    private async Task CallAsync() => (await qubes.Daemon.RunAsync("qrexec-client", "-d", BenchQubes.Running, Command)).Succeeded();

    private static async Task<double> RateAsync(GuestShell shell, string service, string output)
    {
        var seconds = await SecondsAsync(() => shell.RunAsync($"head -c {Size} /dev/zero | qrexec-client-vm vm2 {service} >{output}; echo"));
        return Size / 1e6 / seconds;
    }

    private static async Task<double> SecondsAsync(Func<Task> what)
    {
        var begin = TimeProvider.System.GetTimestamp();
        await what();
        return TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
    }

    private static string[] Row(string name, Sample sample, Sample beside, string goal, double percent = 50) =>
    [
        name, $"{sample.Count}", Milliseconds(sample.Percentile(50)), Milliseconds(sample.Percentile(99)),
        (sample.Percentile(percent) / beside.Percentile(percent)).ToString("0.00", CultureInfo.InvariantCulture), goal,
    ];

    private static string Milliseconds(double seconds) => (seconds * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";
}
