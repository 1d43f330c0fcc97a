namespace Qubes.Tools.Convert.Reports;

/// <summary>One line of <c>--json</c>. Times are milliseconds; absent members were not known.</summary>
internal sealed record JsonReport(
    string Input, string Output, bool Ok, string? Error, int? Status, int Pages, long Bytes, string? Qube,
    double ResultMs, IReadOnlyDictionary<string, double> StagesMs)
{
    public static JsonReport Of(ConversionResult result) => new(
        result.Plan.Named, result.Plan.Output, result.Error is null, result.Error, result.Status, result.Pages, result.Bytes,
        result.Qube, Milliseconds(result.Stages.UntilResult),
        Enum.GetValues<Stage>().ToDictionary(StageNames.Of, stage => Milliseconds(result.Stages[stage])));

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
