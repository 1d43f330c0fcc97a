namespace Qubes.Benchmarks.Disposables;

/// <summary>One cell of the reference harness's matrix (spec: preloaded disposables, section 14), without a GUI.</summary>
/// <param name="InDisposable">A disposable for each iteration; else one qube that runs already.</param>
/// <param name="Preload">How many are preloaded; 0: none.</param>
/// <param name="IsConcurrent">Four at once; else one after the other.</param>
/// <param name="IsApi">Admin API calls with the service's client between them; else <c>qvm-run</c>.</param>
/// <param name="IsFromQube">Called by <c>qrexec-client-vm</c> in a qube; else from the host.</param>
internal sealed record BenchmarkCase(bool InDisposable, int Preload, bool IsConcurrent, bool IsApi, bool IsFromQube)
{
    public const int Concurrency = 4;

    private static readonly int[] Preloads = [1, 2, 4, 6];

    /// <summary>The reference's name of the case; it gives the number of preloads only where it is not 4.</summary>
    public string Name => string.Concat(
        IsFromQube ? "vm-" : "dom0-",
        InDisposable ? "dispvm" : "vm",
        Preload > 0 ? $"-preload-{Preload}" : "",
        IsConcurrent ? "-concurrent" : "",
        IsApi ? "-api" : "");

    public static IEnumerable<BenchmarkCase> All =>
        from way in new[] { (FromQube: true, Api: false), (FromQube: false, Api: false), (FromQube: false, Api: true) }
        from concurrent in new[] { false, true }
        from target in Targets
        select target with { IsConcurrent = concurrent, IsApi = way.Api, IsFromQube = way.FromQube };

    private static IEnumerable<BenchmarkCase> Targets =>
    [
        new(false, 0, false, false, false),
        new(true, 0, false, false, false),
        .. Preloads.Select(n => new BenchmarkCase(true, n, false, false, false)),
    ];
}
