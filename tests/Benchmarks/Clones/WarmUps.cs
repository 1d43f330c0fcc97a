using Qubes.Benchmarks.Disposables;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Clones;

/// <summary>What running a converter in the machine before it is frozen is worth to the first conversion in a copy.</summary>
internal sealed class WarmUps(CloneHost host)
{
    private const int Rounds = 10;

    public async Task RunAsync(Report report)
    {
        var (cold, warm, booted) = (new Sample(), new Sample(), new Sample());
        for (var round = 0; round < Rounds; round++)
        {
            booted.Add(await ConvertAsync(CloneHost.Booted));
            cold.Add(await ConvertAsync(CloneHost.NotWarmed));
            warm.Add(await ConvertAsync(CloneHost.Copied));
        }
        var figures = await Report.KeepAsync("clones-warm-up", [("boot", booted), ("clone, not warmed up", cold), ("clone, warmed up", warm)]);
        report.Section(
            "Clones: warm-up",
            "`qvm-convert` of the sample report with everything quiet before, whole command; the frozen machine had run `qubes.WarmUp`, or had not " +
            $"(feature `disposable-clone-warm-up` empty); turn by turn. All figures: {figures}.",
            ["the conversion's disposable", "N", "p50", "p99", "to not warmed up"],
            [Row("booted", booted, cold), Row("clone, not warmed up", cold, cold), Row("clone, warmed up", warm, cold)]);
    }

    private async Task<double> ConvertAsync(string template)
    {
        await host.QuietAsync();
        var result = host.Daemon.Root + "/converted.pdf";
        File.Delete(result);
        var clock = new StageClock();
        (await host.Daemon.RunAsync("qvm-convert", "-q", "--dispvm", template, "-o", result, Repository.Samples + "/report.pdf")).Succeeded();
        return clock.Whole;
    }

    private static string[] Row(string what, Sample sample, Sample cold) =>
    [
        what, $"{sample.Count}", Report.Seconds(sample.Percentile(50)), Report.Seconds(sample.Percentile(99)),
        (sample.Percentile(50) / cold.Percentile(50)).ToString("0.00"),
    ];
}
