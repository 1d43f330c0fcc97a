using Qubes.Benchmarks.Charts;

namespace Qubes.Benchmarks.Disposables;

/// <summary>What the matrix shows as bars.</summary>
internal static class MatrixCharts
{
    private static readonly string[] Kinds = ["running qube", "disposable", "preloaded disposable"];

    /// <summary>The stages of an API iteration in their order.</summary>
    public static IReadOnlyList<(string Name, Func<IterationTime, double?> Of)> Stages { get; } =
        [("disp", i => i.Obtain), ("start", i => i.Start), ("exec", i => i.Execute), ("clean", i => i.Clean)];

    /// <summary>From a hundredth of a second on, each power of ten as wide as the next.</summary>
    public static BarChart Means(IEnumerable<CaseResult> results) =>
        new("Mean seconds per iteration (logarithmic)", Kinds, [.. results.Select(MeanOf)]) { LogarithmicFrom = 0.01 };

    /// <summary>Medians of the stages, one after the other.</summary>
    public static BarChart StageMedians(IEnumerable<CaseResult> results) => new(
        "Median seconds per stage",
        [.. Stages.Select(s => s.Name)],
        [.. results.Where(r => r.Case.IsApi).Select(r => new BarChart.Row(r.Case.Name, [.. Stages.Select(s => r.MedianOf(s.Of))]))]);

    private static BarChart.Row MeanOf(CaseResult result)
    {
        var kind = !result.Case.InDisposable ? 0 : result.Case.Preload > 0 ? 2 : 1;
        return new(result.Case.Name, [.. Kinds.Select((_, i) => i == kind ? result.Mean : (double?)null)]);
    }
}
