using Qubes.Benchmarks.Disposables;

namespace Qubes.Benchmarks.Clones;

/// <summary>One disposable after another without a pause, from a queue of preloads that is refilled meanwhile: by copies, and by boots.</summary>
internal sealed class SustainedRequests(CloneHost host)
{
    private const int Queue = 4;
    private const int ReadyRounds = 20;
    private const int BootedRequests = 40;
    private static readonly int Requests = int.Parse(Environment.GetEnvironmentVariable("QUBES_REQUESTS") ?? "200");

    public async Task RunAsync(Report report)
    {
        var ready = new Sample();
        await PreloadAsync(1);
        for (var i = 0; i < ReadyRounds; i++)
        {
            await host.QuietAsync(1);
            ready.Add(await RequestAsync());
        }
        var copied = await SustainAsync(Requests);
        await host.FeatureAsync(CloneHost.Preloaded, "preload-dispvm-clone", "");
        var booted = await SustainAsync(BootedRequests);
        await host.FeatureAsync(CloneHost.Preloaded, "preload-dispvm-clone", "1");
        var figures = await Report.KeepAsync("clones-sustained", [("ready preload", ready), ("refilled by clones", copied), ("refilled by boots", booted)]);
        report.Section(
            "Clones: sustained",
            $"`qvm-run -p --service --dispvm` of `{CloneHost.Small}`, whole command, one right after the other; a queue of {Queue} preloads, full at the begin, " +
            $"refilled with `preload-dispvm-delay=0`. A ready preload: everything quiet before each. In the same shape the reference's mean is 2.3 s. All figures: {figures}.",
            ["what", "N", "mean", "p50", "p99", "to a ready preload", "goal"],
            [Row("a ready preload", ready, ready, ""), Row("refilled by clones", copied, ready, "2"), Row("refilled by boots", booted, ready, "")]);
    }

    private async Task<Sample> SustainAsync(int requests)
    {
        await PreloadAsync(Queue);
        var sample = new Sample();
        for (var i = 0; i < requests; i++)
            sample.Add(await RequestAsync());
        await PreloadAsync(0);
        return sample;
    }

    private async Task PreloadAsync(int count)
    {
        await host.FeatureAsync(CloneHost.Preloaded, "preload-dispvm-delay", "0");
        await host.FeatureAsync(CloneHost.Preloaded, "preload-dispvm-max", "0");
        await host.QuietAsync();
        await host.FeatureAsync(CloneHost.Preloaded, "preload-dispvm-max", $"{count}");
        await host.QuietAsync(count);
    }

    private async Task<double> RequestAsync()
    {
        var clock = new StageClock();
        (await host.Daemon.RunAsync("qvm-run", "-p", "--service", "--dispvm=" + CloneHost.Preloaded, "--", CloneHost.Small)).Succeeded();
        return clock.Whole;
    }

    private static string[] Row(string what, Sample sample, Sample ready, string goal) =>
    [
        what, $"{sample.Count}", Report.Seconds(sample.Mean), Report.Seconds(sample.Percentile(50)), Report.Seconds(sample.Percentile(99)),
        (sample.Mean / ready.Mean).ToString("0.00"), goal,
    ];
}
