using System.Collections.Concurrent;
using System.Globalization;
using Qubes.Benchmarks.AdminApi;
using Qubes.Benchmarks.Charts;

namespace Qubes.Benchmarks.Clones;

/// <summary>Many alive at once: how fast they come, what memory they take, and what the host's other users notice.</summary>
internal sealed class ManyClones(CloneHost host)
{
    private const int BootedCount = 10;
    private const int AtOnce = 2;
    private const int QuietRequests = 1000;
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("QUBES_CLONES") ?? "10");

    public async Task RunAsync(Report report)
    {
        await host.QuietAsync();
        var quiet = new Sample();
        var client = new RawClient(host.Socket);
        for (var i = 0; i < QuietRequests; i++)
            quiet.Add(Latency(client));
        var booted = await MeasureAsync(CloneHost.Booted, BootedCount);
        var copied = await MeasureAsync(CloneHost.Copied, Count);
        var scaled = booted.Megabytes / BootedCount * Count;
        var chart = await Report.DrawAsync("clones-memory", new(
            $"Memory of {Count} disposables alive, MB", ["PSS"],
            [new($"booted ({BootedCount}, scaled)", [scaled]), new("clones of one template", [copied.Megabytes])])
        { Format = "%.0f" });
        report.Section(
            "Clones: many at once",
            $"Disposables of 256 MB, {AtOnce} started at a time, each called once (`{CloneHost.Small}`) and then left alive; memory is the sum of PSS of their " +
            $"processes. {BootedCount} were booted, and their sum is scaled to {Count}. Latency: `admin.vm.List`, asked all the time meanwhile by one client; with nothing " +
            $"going on: p50 {Milliseconds(quiet.Percentile(50))}, p99 {Milliseconds(quiet.Percentile(99))} (N {QuietRequests}). " +
            $"More of them: `QUBES_CLONES=100 ./build.sh bench clones`. Chart: {chart}.",
            ["what", "N", "PSS, all", "each", $"of {Count} booted", "goal", "created per second", "API latency N", "p50", "p99"],
            [Row("booted", booted, booted.Megabytes / BootedCount * booted.Count, ""), Row("clones", copied, scaled, "1/4")]);
    }

    private async Task<Outcome> MeasureAsync(string template, int count)
    {
        await host.QuietAsync();
        var others = host.Daemon.Machines().Select(Process).ToHashSet();
        var names = new ConcurrentQueue<string>();
        var latency = new Sample();
        using var done = new CancellationTokenSource();
        var asking = Task.Run(() => AskUntil(latency, done.Token));
        var begin = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => names.Enqueue(await StartAsync(template)));
        var seconds = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        await done.CancelAsync();
        await asking;
        var megabytes = MachineMemory.Pss(host.Daemon.Machines().Select(Process).Where(p => !others.Contains(p)));
        foreach (var name in names)
            host.Ask("admin.vm.Kill", name);
        return new(count, megabytes, count / seconds, latency);
    }

    private async Task<string> StartAsync(string template)
    {
        // Each has its own client: the shared one's buffer is one request's at a time.
        var name = System.Text.Encoding.UTF8.GetString(new RawClient(host.Socket).Ask(RawClient.Request("admin.vm.CreateDisposable", "", template))[2..]);
        new RawClient(host.Socket).Ask(RawClient.Request("admin.vm.Start", "", name));
        (await host.Daemon.RunAsync("qrexec-client", "-d", name, $"DEFAULT:QUBESRPC {CloneHost.Small} dom0")).Succeeded();
        return name;
    }

    private void AskUntil(Sample latency, CancellationToken done)
    {
        var client = new RawClient(host.Socket);
        while (!done.IsCancellationRequested)
        {
            latency.Add(Latency(client));
            done.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(5));
        }
    }

    private static double Latency(RawClient client)
    {
        var begin = TimeProvider.System.GetTimestamp();
        client.Ask(RawClient.Request("admin.vm.List", "", "dom0"));
        return TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
    }

    private static int Process(string machine) => int.Parse(machine.Split(' ')[0]);

    private static string[] Row(string what, Outcome outcome, double beside, string goal) =>
    [
        what, $"{outcome.Count}", $"{outcome.Megabytes:0} MB", $"{outcome.Megabytes / outcome.Count:0} MB", (outcome.Megabytes / beside).ToString("0.00", CultureInfo.InvariantCulture), goal,
        outcome.Rate.ToString("0.0", CultureInfo.InvariantCulture), $"{outcome.Latency.Count}", Milliseconds(outcome.Latency.Percentile(50)), Milliseconds(outcome.Latency.Percentile(99)),
    ];

    private static string Milliseconds(double seconds) => (seconds * 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private sealed record Outcome(int Count, double Megabytes, double Rate, Sample Latency);
}
