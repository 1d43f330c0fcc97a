using Qubes.Tools.Convert.Files;
using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert;

/// <summary>What is known so far of one file's conversion.</summary>
internal sealed class Conversion(ConversionPlan plan, IProgressRow row, StageTimes stages)
{
    // Of a long document, as many lines of progress at most.
    private const int Reports = 20;

    public ConversionPlan Plan => plan;

    public IProgressRow Row => row;

    public StageTimes Stages => stages;

    public BoundedErrors Errors { get; } = new();

    public string? Qube { get; set; }

    /// <summary>Pages that have come in full.</summary>
    public int Pages { get; private set; }

    /// <summary>Size of the result, once it is in its place.</summary>
    public long Bytes { get; set; }

    /// <summary>Counts a page of <paramref name="total"/> and shows it, if it is one to show.</summary>
    public void PageDone(int total)
    {
        Pages++;
        if (Pages * Reports / total != (Pages - 1) * Reports / total)
            row.Report(100.0 * Pages / total, "converting", $"page {Pages} of {total}");
    }

    public ConversionResult Result(string? error, int? status) =>
        new(plan, error, status, Pages, error is null ? Bytes : 0, Qube, Errors.Text, stages);
}
