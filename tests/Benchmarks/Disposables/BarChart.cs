using System.Globalization;
using System.Text;

namespace Qubes.Benchmarks.Disposables;

/// <summary>Horizontal bars as SVG, one a case, in seconds on a logarithmic or linear scale.</summary>
internal static class BarChart
{
    private const int LabelWidth = 260;
    private const int PlotWidth = 520;
    private const int ValueWidth = 90;
    private const int BarHeight = 16;
    private const int RowHeight = 22;
    private const int Top = 46;

    // From a palette that people with colour-blindness can tell apart.
    private static readonly string[] Colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7"];

    /// <summary>The stages of an API iteration in their order.</summary>
    public static IReadOnlyList<(string Name, Func<IterationTime, double?> Of)> StageNames { get; } =
        [("disp", i => i.Obtain), ("start", i => i.Start), ("exec", i => i.Execute), ("clean", i => i.Clean)];

    /// <summary>Means, from a millisecond on, each power of ten as wide as the next.</summary>
    public static string Means(IReadOnlyCollection<CaseResult> results)
    {
        const double least = 0.01;
        var most = results.Max(r => r.Mean);
        return Draw("Mean seconds per iteration (logarithmic)", results, (svg, result, y) =>
        {
            var width = PlotWidth * Math.Max(0, Math.Log(result.Mean / least) / Math.Log(most / least));
            Bar(svg, LabelWidth, y, width, Colours[result.Case.InDisposable ? result.Case.Preload > 0 ? 2 : 1 : 0], result.Case.Name);
            Text(svg, LabelWidth + width + 6, y, Seconds(result.Mean));
        });
    }

    /// <summary>Medians of the stages, one after the other.</summary>
    public static string Stages(IEnumerable<CaseResult> results)
    {
        var shown = results.ToList();
        var most = shown.Max(r => StageNames.Sum(s => r.MedianOf(s.Of) ?? 0));
        return Draw("Median seconds per stage: " + string.Join(", ", StageNames.Select(s => s.Name)), shown, (svg, result, y) =>
        {
            double x = LabelWidth;
            foreach (var ((name, of), colour) in StageNames.Zip(Colours))
            {
                var seconds = result.MedianOf(of) ?? 0;
                Bar(svg, x, y, PlotWidth * seconds / most, colour, $"{name} {Seconds(seconds)}");
                x += PlotWidth * seconds / most;
            }
            Text(svg, x + 6, y, Seconds(StageNames.Sum(s => result.MedianOf(s.Of) ?? 0)));
        });
    }

    private static string Draw(string title, IReadOnlyCollection<CaseResult> results, Action<StringBuilder, CaseResult, int> draw)
    {
        var (width, height) = (LabelWidth + PlotWidth + ValueWidth, Top + (RowHeight * results.Count) + 10);
        var svg = new StringBuilder(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n"
            + $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n<text x=\"10\" y=\"26\" font-size=\"16\">{title}</text>\n");
        foreach (var (row, result) in results.Index())
        {
            var y = Top + (RowHeight * row);
            svg.Append($"<text x=\"{LabelWidth - 8}\" y=\"{y + 12}\" text-anchor=\"end\">{result.Case.Name}</text>\n");
            draw(svg, result, y);
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void Bar(StringBuilder svg, double x, int y, double width, string colour, string title) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<rect x=\"{x:0.#}\" y=\"{y}\" width=\"{width:0.#}\" height=\"{BarHeight}\" fill=\"{colour}\"><title>{title}</title></rect>\n");

    private static void Text(StringBuilder svg, double x, int y, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y + 12}\">{text}</text>\n");

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
