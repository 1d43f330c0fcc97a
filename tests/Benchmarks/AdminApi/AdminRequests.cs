using System.Globalization;
using Qubes.Testbed;
using static Qubes.Benchmarks.AdminApi.RawClient;

namespace Qubes.Benchmarks.AdminApi;

/// <summary>The Admin API's cost per call with more and more qubes, beside the reference daemon's.</summary>
internal sealed class AdminRequests(Daemon daemon)
{
    private static readonly int[] Sizes = [10, 500, 5000];

    private readonly string path = daemon.Root + "/run/qubesd.sock";
    private readonly List<string[]> rows = [];
    private readonly Dictionary<string, double> atFirst = [];
    private readonly List<string[]> memory = [];

    public void Run(Report report)
    {
        var ceiling = Ceiling(25);
        var largeCeiling = Ceiling(45_000);
        var population = new Population(path);
        foreach (var size in Sizes)
        {
            var before = TimeProvider.System.GetTimestamp();
            population.GrowTo(size);
            var setUp = TimeProvider.System.GetElapsedTime(before);
            // The files of thousands of new qubes would be written back in the middle of what is measured.
            SystemCalls.Sync();
            Measure(population);
            memory.Add([$"{size}", Report.Seconds(setUp.TotalSeconds), $"{ResidentMebibytes():0} MiB"]);
        }
        report.Section(
            "Admin API",
            $"{Load.Clients} clients on the daemon's two processors, a connection for each request. The clients are system calls and little " +
            $"else: against a server that does nothing they reach {ceiling.Rate:0} requests/s of a short answer and {largeCeiling.Rate:0} of 45 kB. " +
            "`feature.Set` is on disk before its answer; what making the qubes wrote is on disk before all. \"Reference\" is the reference daemon on such a machine.",
            ["method", "qubes", "requests/s", "p50 ms", "p99 ms", $"to its rate at {Sizes[0]}", "reference", "ratio", "goal"], rows);
        report.Section(
            "Admin API: memory", "The daemon's resident memory after the measurements at each size; setting up is done through the API.",
            ["qubes", "set up in", "resident"], memory);
        MeasureFanout(report, population);
    }

    private void Measure(Population qubes)
    {
        var random = new ThreadLocal<Random>(() => new Random(1));
        Add("admin.vm.property.Get", Reference.Get, (_, _) => Request("admin.vm.property.Get", "memory", qubes.Name(random.Value!.Next(int.MaxValue))));
        Add("admin.vm.property.GetAll", Reference.GetAll, (_, _) => Request("admin.vm.property.GetAll", "", qubes.Name(random.Value!.Next(int.MaxValue))));
        var list = Request("admin.vm.List", "", "dom0");
        Add("admin.vm.List", Reference.List, (_, _) => list);
        Add("admin.vm.feature.Set", Reference.FeatureSet, (client, n) =>
            Request("admin.vm.feature.Set", "bench", qubes.Name(random.Value!.Next(int.MaxValue)), $"{client}-{n}"));

        void Add(string method, Reference reference, Func<int, int, byte[]> request)
        {
            var result = Load.Run(path, request);
            var toFirst = result.Rate / (atFirst.TryAdd(method, result.Rate) ? result.Rate : atFirst[method]);
            var other = reference.With(qubes.Count);
            string[] row =
            [
                method, $"{qubes.Count}", $"{result.Rate:0}", Milliseconds(result.P50), Milliseconds(result.P99),
                $"{toFirst:0.00}", other is null ? "" : $"{other:0}",
                other is null ? "" : $"{result.Rate / other:0.0}", qubes.Count == 500 ? $"{reference.Goal:0}" : "",
            ];
            rows.Add(row);
            Console.Error.WriteLine(string.Join("  ", row));
        }
    }

    private void MeasureFanout(Report report, Population qubes)
    {
        using var fanout = new Fanout(path, qubes.Name(0));
        var result = fanout.Run();
        report.Section(
            "Admin API: events",
            $"`feature.Set` with {Fanout.Listeners} listeners of `admin.Events` and {qubes.Count} qubes; two events of each change, so " +
            $"{2 * Fanout.Listeners} records. Late: from the answer to a change until the last listener has the last byte of both.",
            ["what", "p50 ms", "p99 ms", "per second"],
            [
                ["one change at a time, request to last listener", .. Both(result.Whole), ""],
                ["one change at a time, late", .. Both(result.Late), ""],
                [$"{Load.Clients} clients, changes received by all", "", "", $"{result.Changed:0}"],
                [$"{Load.Clients} clients, records received", "", "", $"{result.Delivered:0}"],
            ]);
    }

    private Load.Result Ceiling(int answer)
    {
        using var server = new TrivialServer(daemon.Root + "/trivial.sock", answer, Environment.ProcessorCount);
        var request = Request("admin.vm.property.Get", "memory", "bench-0000");
        return Load.Run(server.Path, (_, _) => request);
    }

    private double ResidentMebibytes() => double.Parse(
        File.ReadLines($"/proc/{daemon.ProcessId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static string[] Both(Sample sample) => [Milliseconds(sample.Percentile(50)), Milliseconds(sample.Percentile(99))];

    private static string Milliseconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
