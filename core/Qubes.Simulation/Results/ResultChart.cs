using System.Globalization;
using Qubes.Simulation.Replay;
using Qubes.Simulation.Traces;

namespace Qubes.Simulation.Results;

/// <summary>What happened over the time, as bars of text: requests; of each policy the preloads that it kept, and the requests that waited.</summary>
internal static class ResultChart
{
    private const string Bars = " ▁▂▃▄▅▆▇█";

    public static void Write(TextWriter output, Trace trace, IReadOnlyList<Replayed> all)
    {
        var requests = new double[Replayed.Parts];
        foreach (var request in trace.Requests)
            requests[all[0].PartOf(request.At)]++;
        var held = all.Max(r => r.Held.Max());
        var waited = all.Max(r => r.Waited.Max());
        List<(string Title, IReadOnlyList<double> Values, double Most)> lines = [("requests", requests, requests.Max())];
        foreach (var replayed in all)
        {
            lines.Add(($"{replayed.Policy}: preloads", replayed.Held, held));
            lines.Add(($"{replayed.Policy}: waited", [.. replayed.Waited.Select(w => (double)w)], waited));
        }
        var width = lines.Max(l => l.Title.Length);
        foreach (var (title, values, most) in lines)
            output.WriteLine($"{title.PadRight(width)} |{string.Concat(values.Select(v => Bar(v, most)))}| {most.ToString("0.#", CultureInfo.InvariantCulture)}");
        output.WriteLine($"{new string(' ', width)}  {Times(trace)}");
    }

    private static char Bar(double value, double most) =>
        value <= 0 || most <= 0 ? Bars[0] : Bars[Math.Clamp((int)Math.Ceiling(value / most * (Bars.Length - 1)), 1, Bars.Length - 1)];

    private static string Times(Trace trace)
    {
        const string format = "MM-dd HH:mm";
        var (first, last) = (trace.Begun.ToString(format, CultureInfo.InvariantCulture), (trace.Begun + trace.Length).ToString(format, CultureInfo.InvariantCulture));
        return first + last.PadLeft(Replayed.Parts - first.Length);
    }
}
