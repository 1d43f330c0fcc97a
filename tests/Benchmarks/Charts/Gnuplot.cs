using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Qubes.Benchmarks.Charts;

/// <summary>Has gnuplot (Debian: gnuplot-nox) draw charts as SVG.</summary>
internal static class Gnuplot
{
    private const int RowHeight = 22;
    private const double HalfBar = 0.36;

    // From a palette that people with colour-blindness can tell apart.
    private static readonly string[] Colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7"];

    /// <exception cref="InvalidOperationException">gnuplot is not there or refuses, with its own words.</exception>
    public static async Task DrawAsync(BarChart chart, string path)
    {
        using var gnuplot = Process.Start(new ProcessStartInfo("gnuplot", ["-"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await gnuplot.StandardInput.WriteAsync(Script(chart, path));
        gnuplot.StandardInput.Close();
        var error = await gnuplot.StandardError.ReadToEndAsync();
        await gnuplot.WaitForExitAsync();
        if (gnuplot.ExitCode != 0)
            throw new InvalidOperationException($"gnuplot ended with {gnuplot.ExitCode}: {error}");
    }

    private static string Script(BarChart chart, string path)
    {
        var script = new StringBuilder();
        void Line(FormattableString line) => script.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        var (begin, end) = chart.LogarithmicFrom is { } least ? (least, chart.Longest * 3) : (0, chart.Longest * 1.15);
        Line($"set terminal svg size 870,{90 + (RowHeight * chart.Rows.Count)} font 'sans-serif,12' noenhanced background '#ffffff'");
        Line($"set output '{path}'");
        Line($"set title '{chart.Title}' noenhanced");
        Line($"set border 3; set tics nomirror out; set grid xtics lc rgb '#dddddd'; set key top right outside horizontal noenhanced");
        Line($"set style fill solid 1 noborder");
        if (chart.LogarithmicFrom is not null)
            Line($"set logscale x");
        Line($"set xrange [{begin}:{end}]; set yrange [{chart.Rows.Count - 0.5}:-0.5]");
        Line($"set ytics ({string.Join(", ", chart.Rows.Select((r, i) => $"'{r.Label}' {i}"))}) scale 0");
        AddData(chart, begin, Line);
        var plots = chart.Series.Select((name, i) =>
            FormattableString.Invariant($"$bars{i} using 2:1:2:3:($1-{HalfBar}):($1+{HalfBar}) with boxxyerror lc rgb '{Colours[i]}' title '{name}'"));
        Line($"plot {string.Join(", ", plots)}, $ends using 2:1:(sprintf(' {chart.Format}', $3)) with labels left notitle");
        return script.ToString();
    }

    // Each bar: row, begin, end; each row's end: row, where, the sum.
    private static void AddData(BarChart chart, double begin, Action<FormattableString> line)
    {
        for (var series = 0; series < chart.Series.Count; series++)
        {
            line($"$bars{series} << EOD");
            foreach (var (row, values) in chart.Rows.Index())
            {
                var from = values.Values.Take(series).Sum(v => v ?? 0);
                if (values.Values[series] is { } value)
                    line($"{row} {Math.Max(begin, from)} {Math.Max(begin, from + value)}");
                else
                    line($"{row} NaN NaN");
            }
            line($"EOD");
        }
        line($"$ends << EOD");
        foreach (var (row, values) in chart.Rows.Index())
            line($"{row} {Math.Max(begin, values.Sum)} {values.Sum}");
        line($"EOD");
    }
}
