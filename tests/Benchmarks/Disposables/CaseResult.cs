namespace Qubes.Benchmarks.Disposables;

/// <summary>All iterations of a case.</summary>
/// <param name="Case">Which.</param>
/// <param name="Wall">Seconds from the first one's begin to the last one's end.</param>
/// <param name="Iterations">In the order in which they ended.</param>
internal sealed record CaseResult(BenchmarkCase Case, double Wall, IReadOnlyList<IterationTime> Iterations)
{
    /// <summary>The reference's mean: of concurrent iterations the amortised time.</summary>
    public double Mean => Wall / Iterations.Count;

    public double Median => Middle(Iterations.Select(i => i.Total));

    /// <summary>The 99th percentile.</summary>
    public double Slowest => Sampled(Iterations.Select(i => i.Total)).Percentile(99);

    /// <summary>Of one stage; null where it was not measured.</summary>
    public double? MedianOf(Func<IterationTime, double?> stage) =>
        Iterations.All(i => stage(i) is null) ? null : Middle(Iterations.Select(i => stage(i) ?? 0));

    private static double Middle(IEnumerable<double> values) => Sampled(values).Percentile(50);

    private static Sample Sampled(IEnumerable<double> values)
    {
        var sample = new Sample();
        foreach (var value in values)
            sample.Add(value);
        return sample;
    }
}
