using Qubes.Benchmarks.Charts;
using Qubes.Benchmarks.Disposables;

namespace Qubes.Benchmarks.Clones;

/// <summary>Where the time to a first output goes, and which part of it is only spent because the accelerator translates a copy's code anew.</summary>
internal sealed class FirstStages(CloneHost plain, CloneHost empty, CloneHost rehearsed)
{
    private const int Rounds = 10;
    private static readonly string[] Names = ["start", "first call", "second call", "third call"];

    public async Task RunAsync(Report report)
    {
        (string Name, CloneHost Host, string Target)[] ways =
        [
            ("boot", plain, CloneHost.Booted), ("savefile", plain, CloneHost.Saved), ("clone, no reserve", plain, CloneHost.Copied),
            ("clone, an empty reserve", empty, CloneHost.Copied), ("clone, a rehearsed reserve", rehearsed, CloneHost.Copied),
        ];
        var samples = ways.Select(_ => Names.Select(_ => new Sample()).ToArray()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (i, (_, host, target)) in ways.Index())
            {
                foreach (var (stage, seconds) in (await MeasureAsync(host, target)).Index())
                    samples[i][stage].Add(seconds);
            }
        }
        double Median(int way, int stage) => samples[way][stage].Percentile(50);
        var chart = await Report.DrawAsync("clones-stages", new(
            "Median seconds: start, then the same service again and again", Names,
            [.. ways.Select((w, i) => new BarChart.Row(w.Name, [.. Names.Select((_, stage) => (double?)Median(i, stage))]))]));
        report.Section(
            "Clones: stages",
            $"Through the Admin API: `admin.vm.Start` of a disposable that was created, then `{CloneHost.Small}` called three times by `qrexec-client`. A copy has the " +
            "frozen machine's memory but none of the accelerator's translations (TCG), so its first call translates what it runs; what the first call " +
            $"takes over the third is that, and pages that are copied when they are written to. Medians of each stage; chart: {chart}.",
            ["way", "N", .. Names, "start p99", "first over third"],
            ways.Select((w, i) => (string[])
            [
                w.Name, $"{Rounds}", .. Names.Select((_, stage) => Report.Seconds(Median(i, stage))), Report.Seconds(samples[i][0].Percentile(99)),
                Report.Seconds(Median(i, 1) - Median(i, 3)),
            ]));
    }

    private static async Task<IReadOnlyList<double>> MeasureAsync(CloneHost host, string target)
    {
        await host.QuietAsync();
        var name = host.Ask("admin.vm.CreateDisposable", target);
        var clock = new StageClock();
        host.Ask("admin.vm.Start", name);
        List<double> stages = [clock.Lap()];
        for (var call = 1; call < Names.Length; call++)
        {
            (await host.Daemon.RunAsync("qrexec-client", "-d", name, $"DEFAULT:QUBESRPC {CloneHost.Small} dom0")).Succeeded();
            stages.Add(clock.Lap());
        }
        host.Ask("admin.vm.Kill", name);
        return stages;
    }
}
