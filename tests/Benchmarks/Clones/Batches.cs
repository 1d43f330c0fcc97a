using Qubes.Benchmarks.Disposables;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Clones;

/// <summary>Several documents at once: announced together, so that they come as a lease, beside a command for each of them.</summary>
internal sealed class Batches(CloneHost host)
{
    private const int Documents = 8;
    private const int Rounds = 3;

    public async Task RunAsync(Report report)
    {
        var folder = Directory.CreateDirectory(host.Daemon.Root + "/batch").FullName;
        var files = Enumerable.Range(1, Documents).Select(i => $"{folder}/{i}.pdf").ToList();
        foreach (var file in files)
            File.Copy(Repository.Samples + "/report.pdf", file);
        List<string[]> rows = [];
        foreach (var (name, template) in ((string, string)[])[("copied", CloneHost.Copied), ("booted", CloneHost.Booted)])
        {
            var (each, together) = (new Sample(), new Sample());
            for (var round = 0; round < Rounds; round++)
            {
                each.Add(await TimeAsync(async () =>
                {
                    foreach (var file in files)
                        await ConvertAsync(template, folder, file);
                }));
                together.Add(await TimeAsync(() => ConvertAsync(template, folder, [.. files])));
            }
            rows.Add(Row($"{name}: a command for each", each, each));
            rows.Add(Row($"{name}: one command, a lease", together, each));
        }
        report.Section(
            "Clones: batches",
            $"`qvm-convert` of {Documents} copies of the sample report, nothing preloaded, everything quiet before each; a disposable for each document. On two processors, which the guests' conversions fill.",
            ["what", "N", "mean of the whole", "for each document", "ratio"],
            rows);
    }

    private async Task ConvertAsync(string template, string folder, params string[] files) =>
        (await host.Daemon.RunAsync("qvm-convert", ["-q", "--dispvm", template, "-o", folder + "/", .. files])).Succeeded();

    private async Task<double> TimeAsync(Func<Task> work)
    {
        await host.QuietAsync();
        var clock = new StageClock();
        await work();
        return clock.Whole;
    }

    private static string[] Row(string what, Sample sample, Sample to) =>
        [what, $"{sample.Count}", Report.Seconds(sample.Mean), Report.Seconds(sample.Mean / Documents), $"{sample.Mean / to.Mean:0.00}"];
}
