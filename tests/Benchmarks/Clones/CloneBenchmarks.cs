namespace Qubes.Benchmarks.Clones;

/// <summary>Disposables that begin as copies of a frozen machine, beside all other ways to have one.</summary>
internal static class CloneBenchmarks
{
    public static async Task RunAsync(Report report)
    {
        // The reserve is the daemon's setting, so two daemons take turns.
        await using var plain = await CloneHost.StartAsync(reserve: 0);
        await using var reserved = await CloneHost.StartAsync(reserve: 2);
        await plain.AddAsync(CloneHost.Booted, ("disposable-clone", "0"));
        await plain.AddAsync(CloneHost.Copied);
        await plain.AddAsync(CloneHost.Saved, ("disposable-clone", "private"));
        await plain.AddAsync(CloneHost.Preloaded);
        await plain.AddAsync(CloneHost.NotWarmed, ("disposable-clone-warm-up", ""));
        await plain.AddRunningAsync();
        await reserved.AddAsync(CloneHost.Copied);
        await new FirstOutput(plain, reserved).RunAsync(report);
        await new FirstStages(plain, reserved).RunAsync(report);
        await new WarmUps(plain).RunAsync(report);
        await new ManyClones(plain).RunAsync(report);
        await new SustainedRequests(plain).RunAsync(report);
    }
}
