namespace Qubes.Benchmarks.Disposables;

/// <summary>One cell of the reference harness's matrix (spec: preloaded disposables, section 14), without a GUI.</summary>
/// <param name="InDisposable">A disposable for each iteration; else one qube that runs already.</param>
/// <param name="Preload">How many are preloaded; 0: none.</param>
/// <param name="IsConcurrent">Four at once; else one after the other.</param>
/// <param name="IsApi">Admin API calls with the service's client between them; else <c>qvm-run</c>.</param>
internal sealed record BenchmarkCase(bool InDisposable, int Preload, bool IsConcurrent, bool IsApi)
{
    public const int Concurrency = 4;

    private static readonly int[] Preloads = [1, 2, 4, 6];

    /// <summary>The reference's name of the case; it gives the number of preloads only where it is not 4.</summary>
    public string Name => string.Concat(
        InDisposable ? "dom0-dispvm" : "dom0-vm",
        Preload > 0 ? $"-preload-{Preload}" : "",
        IsConcurrent ? "-concurrent" : "",
        IsApi ? "-api" : "");

    public static IEnumerable<BenchmarkCase> All =>
        from api in new[] { false, true }
        from concurrent in new[] { false, true }
        from target in Targets
        select target with { IsConcurrent = concurrent, IsApi = api };

    private static IEnumerable<BenchmarkCase> Targets =>
    [
        new(false, 0, false, false),
        new(true, 0, false, false),
        .. Preloads.Select(n => new BenchmarkCase(true, n, false, false)),
    ];
}
