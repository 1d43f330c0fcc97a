namespace Qubes.Benchmarks.Charts;

/// <summary>Horizontal bars, one a row; a row's values stand one after the other, each in its series' colour.</summary>
/// <param name="Title">Says what is measured, in which unit.</param>
/// <param name="Series">Names of the values.</param>
/// <param name="Rows">From the top; a value for each series, null where it has none.</param>
internal sealed record BarChart(string Title, IReadOnlyList<string> Series, IReadOnlyList<BarChart.Row> Rows)
{
    /// <summary>Where a logarithmic axis begins; null: the axis is linear. Rows of a logarithmic chart have one value each.</summary>
    public double? LogarithmicFrom { get; init; }

    /// <summary>How the sum of a row is written at its end, as gnuplot's <c>sprintf</c> has it.</summary>
    public string Format { get; init; } = "%.3f";

    public double Longest => Rows.Max(r => r.Sum);

    internal sealed record Row(string Label, IReadOnlyList<double?> Values)
    {
        public double Sum => Values.Sum(v => v ?? 0);
    }
}
