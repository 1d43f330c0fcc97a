namespace Qubes.Benchmarks.Clones;

/// <summary>Disposables that begin as copies of a frozen machine, beside all other ways to have one.</summary>
internal static class CloneBenchmarks
{
    // For whoever works on one of them: QUBES_PARTS=first,stages,warm,many,sustained,batches
    private static readonly string[]? Chosen = Environment.GetEnvironmentVariable("QUBES_PARTS")?.Split(',');

    public static async Task RunAsync(Report report)
    {
        // The reserve is the daemon's setting, so daemons take turns.
        await using var plain = await CloneHost.StartAsync(reserve: 0);
        await using var empty = await CloneHost.StartAsync(reserve: 2, "rehearse=no\n");
        await using var rehearsed = await CloneHost.StartAsync(reserve: 2);
        await plain.AddAsync(CloneHost.Booted, ("disposable-clone", "0"));
        await plain.AddAsync(CloneHost.Copied);
        await plain.AddAsync(CloneHost.Saved, ("disposable-clone", "private"));
        await plain.AddAsync(CloneHost.Preloaded);
        await plain.AddAsync(CloneHost.NotWarmed, ("disposable-clone-warm-up", ""));
        await plain.AddRunningAsync();
        await empty.AddAsync(CloneHost.Copied);
        await rehearsed.AddAsync(CloneHost.Copied);
        await MeasureAsync("first", new FirstOutput(plain, empty, rehearsed).RunAsync);
        await MeasureAsync("stages", new FirstStages(plain, empty, rehearsed).RunAsync);
        await MeasureAsync("warm", new WarmUps(plain).RunAsync);
        await MeasureAsync("many", new ManyClones(plain).RunAsync);
        await MeasureAsync("sustained", new SustainedRequests(plain).RunAsync);
        await MeasureAsync("batches", new Batches(plain).RunAsync);

        Task MeasureAsync(string part, Func<Report, Task> measure) => Chosen?.Contains(part) == false ? Task.CompletedTask : measure(report);
    }
}
