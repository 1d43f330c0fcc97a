using System.Text;
using Qubes.Benchmarks.Charts;

namespace Qubes.Benchmarks.Clones;

/// <summary>From the command to the first byte of a service's output, in every way in which a disposable can come to be, turn by turn.</summary>
internal sealed class FirstOutput(CloneHost plain, CloneHost empty, CloneHost rehearsed)
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("QUBES_ROUNDS") ?? "20");

    private readonly Way[] ways =
    [
        new("boot", plain, CloneHost.Booted, ""),
        new("savefile (memory not shared)", plain, CloneHost.Saved, ""),
        new("clone, no reserve", plain, CloneHost.Copied, "1/12"),
        new("clone, an empty reserve", empty, CloneHost.Copied, ""),
        new("clone, a rehearsed reserve", rehearsed, CloneHost.Copied, "1/20"),
        new("ready preload", plain, CloneHost.Preloaded, "") { Preloads = 1 },
        new("running qube", plain, CloneHost.Running, ""),
    ];

    public async Task RunAsync(Report report)
    {
        var (small, shell) = (ways.ToDictionary(w => w, _ => new Sample()), ways.ToDictionary(w => w, _ => new Sample()));
        CloneHost[] hosts = [plain, empty, rehearsed];
        var fallbacks = hosts.Sum(h => h.Fallbacks);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var way in ways)
            {
                small[way].Add(await RequestAsync(way, CloneHost.Small, ""));
                shell[way].Add(await RequestAsync(way, "qubes.VMShell", "hostname\n"));
            }
        }
        if (hosts.Sum(h => h.Fallbacks) != fallbacks)
            throw new InvalidOperationException("some of the copies that were measured were booted: " + string.Concat(hosts.Select(h => h.Daemon.Log())));
        var chart = await Report.DrawAsync("clones-first", new(
            $"Seconds to the first output of {CloneHost.Small} (logarithmic)", ["p50"], [.. ways.Select(w => new BarChart.Row(w.Name, [small[w].Percentile(50)]))])
        { LogarithmicFrom = 0.01 });
        var figures = await Report.KeepAsync("clones-first", ways.SelectMany(w => new[] { (w.Name + ": program", small[w]), (w.Name + ": shell", shell[w]) }));
        report.Section(
            "Clones: request to first output",
            "`qvm-run -p --service`, from its start as a process to the first byte, with everything quiet before each request; guests of 256 MB; all rows turn by turn. " +
            $"Program: `{CloneHost.Small}`, the template's `hostname` as a service. Shell: `qubes.VMShell`, which is bash, told `hostname`. " +
            $"Goals are for the program's p50, as a part of boot's. All figures: {figures}; chart: {chart}.",
            ["way", "N", "program p50", "p99", "part of boot", "goal", "shell p50", "p99", "part of boot"],
            ways.Select(w => Row(w, small, shell)));
    }

    private string[] Row(Way way, Dictionary<Way, Sample> small, Dictionary<Way, Sample> shell) =>
    [
        way.Name, $"{small[way].Count}", Report.Seconds(small[way].Percentile(50)), Report.Seconds(small[way].Percentile(99)), Part(small, way), way.Goal,
        Report.Seconds(shell[way].Percentile(50)), Report.Seconds(shell[way].Percentile(99)), Part(shell, way),
    ];

    private string Part(Dictionary<Way, Sample> samples, Way way) =>
        $"1/{samples[ways[0]].Percentile(50) / samples[way].Percentile(50):0.0}";

    private static async Task<double> RequestAsync(Way way, string service, string input)
    {
        if (way.Preloads > 0)
            await way.Host.FeatureAsync(way.Target, "preload-dispvm-max", $"{way.Preloads}");
        await way.Host.QuietAsync(way.Preloads);
        var begin = TimeProvider.System.GetTimestamp();
        string[] target = way.Target == CloneHost.Running ? [way.Target] : ["--dispvm=" + way.Target, "--"];
        using var process = way.Host.Daemon.Tool("qvm-run", ["-p", "--service", .. target, service]).Start();
        await process.StandardInput.BaseStream.WriteAsync(Encoding.ASCII.GetBytes(input));
        process.StandardInput.Close();
        var first = new byte[1];
        if (await process.StandardOutput.BaseStream.ReadAsync(first) == 0)
            throw new InvalidOperationException($"{way.Name}: no output, but: {await process.StandardError.ReadToEndAsync()}");
        var seconds = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (way.Preloads > 0)
            await way.Host.FeatureAsync(way.Target, "preload-dispvm-max", "0");
        return seconds;
    }

    private sealed record Way(string Name, CloneHost Host, string Target, string Goal)
    {
        public int Preloads { get; init; }
    }
}
