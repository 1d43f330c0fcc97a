using System.Globalization;
using Qubes.Benchmarks.Clones;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Memory;

/// <summary>What preloads hold while they wait, booted and as copies.</summary>
internal sealed class PausedPreloads(MemoryHost host)
{
    private const string Booted = "b-booted-dvm";
    private const string Copied = "b-copied-dvm";
    private const int Rounds = 5;
    private const int Many = 10;

    public async Task RunAsync(Report report)
    {
        await AddAsync(Booted, "0");
        await AddAsync(Copied, "1");
        await host.Daemon.FreezeAsync(Copied);
        List<string[]> rows = [];
        foreach (var (name, template) in ((string, string)[])[("booted", Booted), ("copies", Copied)])
        {
            var (held, preferred, ratio) = (new Sample(), new Sample(), new Sample());
            for (var round = 0; round < Rounds; round++)
            {
                var preload = (await PreloadAsync(template, 1))[0];
                var figures = await host.OfAsync(preload);
                held.Add((double)figures.Current / MemoryHost.MiB);
                preferred.Add((double)figures.Preferred / MemoryHost.MiB);
                ratio.Add(figures.Preferred == 0 ? double.NaN : (double)figures.Current / figures.Preferred);
                await PreloadAsync(template, 0);
            }
            await PreloadAsync(template, Many);
            var pss = MachineMemory.Pss(host.Daemon.Machines().Select(m => int.Parse(m.Split(' ')[0], CultureInfo.InvariantCulture)));
            await PreloadAsync(template, 0);
            var isBalanced = !double.IsNaN(ratio.Mean);
            rows.Add(
            [
                name, $"{Rounds}", $"{held.Percentile(50):0} MiB", isBalanced ? $"{preferred.Percentile(50):0} MiB" : "not balanced",
                isBalanced ? ratio.Percentile(50).ToString("0.00", CultureInfo.InvariantCulture) : "", isBalanced ? ratio.Percentile(100).ToString("0.00", CultureInfo.InvariantCulture) : "",
                isBalanced ? "1.10" : "", $"{pss:0} MB", $"{pss / Many:0} MB",
            ]);
        }
        report.Section(
            "Memory: preloads that wait",
            $"Disposable templates of 512 MiB (`maxmem` 1024), one preload at a time, paused; then {Many} at once. Copies share their pages with what they were copied from, and are not balanced: " +
            "what one costs is its part of the host's memory (PSS of its process).",
            ["preloads", "N", "memory when paused", "preferred", "ratio p50", "largest", "goal", $"PSS of {Many}", "each"],
            rows);
    }

    private async Task AddAsync(string name, string clones)
    {
        await host.Daemon.AddDisposableTemplateAsync(name, MemoryHost.Template, ("disposable-clone", clones), ("preload-dispvm-delay", "0"));
        (await host.Daemon.RunAsync("qvm-prefs", name, "memory", "512")).Succeeded();
        (await host.Daemon.RunAsync("qvm-prefs", name, "maxmem", "1024")).Succeeded();
    }

    private async Task<IReadOnlyList<string>> PreloadAsync(string template, int count)
    {
        (await host.Daemon.RunAsync("qvm-features", template, "preload-dispvm-max", $"{count}")).Succeeded();
        IReadOnlyList<string> paused = [];
        await host.UntilAsync($"{count} preloads of {template} wait", async () =>
        {
            var all = (await host.Daemon.AskAsync("admin.vm.List", "dom0"))[2..].Split('\n').Where(l => l.Contains(" class=DispVM ", StringComparison.Ordinal)).ToList();
            paused = [.. all.Where(l => l.Contains(" state=Paused ", StringComparison.Ordinal)).Select(l => l.Split(' ')[0])];
            return all.Count == count && paused.Count == count && host.Daemon.Machines().Count == count;
        });
        return paused;
    }
}
