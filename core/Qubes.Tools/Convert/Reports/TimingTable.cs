using System.Globalization;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Convert.Reports;

/// <summary><c>--timings</c>: a row for each file, a column for each stage, in milliseconds.</summary>
internal static class TimingTable
{
    public static void Write(IEnumerable<ConversionResult> results, TextWriter output)
    {
        var table = new TextTable();
        Stage[] stages = Enum.GetValues<Stage>();
        table.Add(["FILE", "PAGES", .. stages.Select(stage => StageNames.Of(stage).ToUpperInvariant()), "RESULT_AFTER"]);
        foreach (ConversionResult result in results)
        {
            table.Add(
            [
                SafeText.OneLine(result.Plan.Named), result.Pages.ToString(CultureInfo.InvariantCulture),
                .. stages.Select(stage => Milliseconds(result.Stages[stage])), Milliseconds(result.Stages.UntilResult),
            ]);
        }

        table.WriteTo(output);
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
