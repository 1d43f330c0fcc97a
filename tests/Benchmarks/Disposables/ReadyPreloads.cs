using Qubes.Testbed;

namespace Qubes.Benchmarks.Disposables;

/// <summary>
/// What a preload that is ready costs beside a qube that runs, and a conversion in it beside the bare service there: turn by
/// turn, so that both see the same machine.
/// </summary>
internal sealed class ReadyPreloads(BenchQubes qubes)
{
    private const int Rounds = 20;
    private const int Conversions = 10;

    public async Task RunAsync(Report report)
    {
        var runner = new CaseRunner(qubes);
        await qubes.PreloadAsync(1);
        var calls = await InTurnsAsync(
            Rounds,
            () => runner.CommandAsync("qvm-run", "-p", "--service", BenchQubes.Running, BenchQubes.Service),
            () => runner.CommandAsync("qvm-run", "-p", "--service", "--dispvm=" + qubes.Template, "--", BenchQubes.Service));
        var conversions = await InTurnsAsync(Conversions, ServiceAsync, ConvertAsync);
        var (second, secondWithout) = (new Sample(), new Sample());
        for (var i = 0; i < Conversions; i++)
        {
            second.Add(await SecondOfTwoAsync(preloaded: 1));
            secondWithout.Add(await SecondOfTwoAsync(preloaded: 0));
        }
        report.Section(
            "Ready preloads",
            $"One preloaded disposable, ready when a turn begins. Calls: `qvm-run -p --service` of `{BenchQubes.Service}`. Conversion: `qvm-convert` of " +
            "the sample report with its PDF written and all, beside `dz.Convert` called by `qvm-run` in a running qube with its pixels thrown away. " +
            "Second: of two conversions one right after the other, beside the same with preloading off.",
            ["what", "N", "p50", "p99", "beside", "p50", "ratio", "goal"],
            [
                Row("call in a ready preload", calls.Preload, "in a running qube", calls.Running, "1.5"),
                Row("conversion with a ready preload", conversions.Preload, "service in a running qube", conversions.Running, "1.25"),
                Row("second conversion", second, "preloading off", secondWithout, "1"),
            ]);
        await qubes.PreloadAsync(0);
    }

    private async Task<double> SecondOfTwoAsync(int preloaded)
    {
        await qubes.PreloadAsync(preloaded);
        await ConvertAsync();
        return (await ConvertAsync()).Total;
    }

    private async Task<(Sample Running, Sample Preload)> InTurnsAsync(
        int rounds, Func<Task<IterationTime>> inRunning, Func<Task<IterationTime>> inPreload)
    {
        var (running, preload) = (new Sample(), new Sample());
        for (var i = 0; i < rounds; i++)
        {
            await qubes.FullAsync(1);
            running.Add((await inRunning()).Total);
            preload.Add((await inPreload()).Total);
        }
        return (running, preload);
    }

    private async Task<IterationTime> ServiceAsync()
    {
        var clock = new StageClock();
        (await LocalProgram.RunAsync(
            "env", "QUBES_ROOT=" + qubes.Daemon.Root, "bash", "-c",
            $"'{Repository.Program("qvm-run")}' -p --service {BenchQubes.Running} dz.Convert < '{Repository.Samples}/report.pdf' > /dev/null")).Succeeded();
        return new IterationTime(clock.Whole);
    }

    private async Task<IterationTime> ConvertAsync()
    {
        var result = qubes.Daemon.Root + "/converted.pdf";
        File.Delete(result);
        return await new CaseRunner(qubes).CommandAsync(
            "qvm-convert", "-q", "--dispvm", qubes.Template, "-o", result, Repository.Samples + "/report.pdf");
    }

    private static string[] Row(string what, Sample ours, string beside, Sample theirs, string goal) =>
    [
        what, $"{ours.Count}", Report.Seconds(ours.Percentile(50)), Report.Seconds(ours.Percentile(99)), beside,
        Report.Seconds(theirs.Percentile(50)), (ours.Percentile(50) / theirs.Percentile(50)).ToString("0.00"), goal,
    ];
}
