using System.Globalization;
using Qubes.Simulation.Replay;

namespace Qubes.Simulation.Results;

/// <summary>Policies beside each other, in figures.</summary>
internal static class ResultTable
{
    private static readonly string[] Headings =
        ["POLICY", "REQUESTS", "READY", "AWAITED", "MADE", "FAILED", "HITS", "P50_S", "P99_S", "MOST_S", "PRELOADS", "GIB_SECONDS"];

    public static void Write(TextWriter output, IReadOnlyList<Replayed> all)
    {
        List<string[]> rows = [Headings, .. all.Select(Row)];
        var widths = Enumerable.Range(0, Headings.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((text, c) => c == 0 ? text.PadRight(widths[c]) : text.PadLeft(widths[c]))));
    }

    private static string[] Row(Replayed r) =>
    [
        r.Policy, $"{r.Requests}", $"{r.Of(Outcome.Ready)}", $"{r.Of(Outcome.Awaited)}", $"{r.Of(Outcome.Made)}", $"{r.Of(Outcome.Failed)}",
        Text(r.HitRate * 100, "0.0'%'"), Text(r.Wait(0.5)), Text(r.Wait(0.99)), Text(r.Wait(1)), Text(r.MeanHeld), Text(r.GibSeconds, "0"),
    ];

    private static string Text(double value, string format = "0.00") => value.ToString(format, CultureInfo.InvariantCulture);
}
