namespace Qubes.Benchmarks;

/// <summary>Repeated measurements of one thing.</summary>
internal sealed class Sample
{
    private readonly List<double> values = [];

    public int Count => values.Count;

    /// <summary>In the order in which they were measured.</summary>
    public IReadOnlyList<double> Values => values;

    public double Mean => values.Average();

    public void Add(double value) => values.Add(value);

    /// <summary>The value that so many percent do not exceed.</summary>
    public double Percentile(double percent)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1];
    }
}
