using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qubes.Benchmarks.Disposables;

/// <summary>
/// The reference harness's matrix for calls from the host and from a qube: plain and preloaded disposables beside a qube that runs.
/// Written as a table, as JSON with every iteration, and as charts.
/// </summary>
internal sealed class DisposableMatrix(BenchQubes qubes)
{
    public async Task RunAsync(Report report)
    {
        var runner = new CaseRunner(qubes);
        var results = new List<CaseResult>();
        foreach (var @case in BenchmarkCase.All)
        {
            results.Add(await runner.RunAsync(@case));
            Console.WriteLine($"{@case.Name}: mean {Report.Seconds(results[^1].Mean)}, median {Report.Seconds(results[^1].Median)}");
        }
        var iterations = await Report.KeepAsync("disposables", Json(results));
        var means = await Report.DrawAsync("disposables-mean", MatrixCharts.Means(results));
        var stages = await Report.DrawAsync("disposables-stages", MatrixCharts.StageMedians(results));
        report.Section(
            "Disposables",
            $"`{BenchQubes.Service}` called {CaseRunner.Iterations} times: from a qube by `qrexec-client-vm`, from the host by `qvm-run` or through the " +
            $"Admin API; concurrent: {BenchmarkCase.Concurrency} at once on two processors. The names are the reference harness's. Before each case the queue is full; the mean of concurrent cases is amortised. Stages are medians: obtaining " +
            $"a disposable, starting it, the service, killing it. All iterations: {iterations}; charts: {means}, {stages}.",
            ["case", "N", "mean", "p50", "p99", "to a running qube", "disp", "start", "exec", "clean"],
            results.Select(r => Row(r, results.First(o => !o.Case.InDisposable && o.Case.IsApi == r.Case.IsApi && o.Case.IsFromQube == r.Case.IsFromQube && o.Case.IsConcurrent == r.Case.IsConcurrent))));
    }

    private static string[] Row(CaseResult result, CaseResult running) =>
    [
        result.Case.Name, $"{result.Iterations.Count}", Report.Seconds(result.Mean), Report.Seconds(result.Median), Report.Seconds(result.Slowest), (result.Mean / running.Mean).ToString("0.00"),
        .. MatrixCharts.Stages.Select(s => result.MedianOf(s.Of) is { } seconds ? Report.Seconds(seconds) : ""),
    ];

    private static JsonObject Json(IEnumerable<CaseResult> results) => new(results.Select(r => KeyValuePair.Create<string, JsonNode?>(
        r.Case.Name,
        new JsonObject
        {
            ["config"] = JsonSerializer.SerializeToNode(r.Case),
            ["mean"] = Math.Round(r.Mean, 3),
            ["median"] = Math.Round(r.Median, 3),
            ["total"] = Math.Round(r.Wall, 3),
            ["iteration"] = new JsonArray([.. r.Iterations.Select(i => (JsonNode?)Math.Round(i.Total, 3))]),
            ["stage"] = r.Case.IsApi
                ? new JsonObject(MatrixCharts.Stages.Select(s => KeyValuePair.Create<string, JsonNode?>(
                    s.Name, new JsonArray([.. r.Iterations.Select(i => (JsonNode?)Math.Round(s.Of(i) ?? 0, 3))]))))
                : null,
        })));
}
