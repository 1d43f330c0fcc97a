namespace Qubes.Benchmarks.Memory;

/// <summary>How memory follows need, and what it costs to keep disposables ready.</summary>
internal static class MemoryBenchmarks
{
    public static async Task RunAsync(Report report)
    {
        await using var host = await MemoryHost.StartAsync();
        await new PausedPreloads(host).RunAsync(report);
        await new MovingMemory(host).RunAsync(report);
    }
}
