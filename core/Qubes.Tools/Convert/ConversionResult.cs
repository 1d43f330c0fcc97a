using Qubes.Tools.Convert.Files;

namespace Qubes.Tools.Convert;

/// <summary>How one file went.</summary>
/// <param name="Error">Why it was not converted, in one line; null if it was.</param>
/// <param name="Status">The service's exit status, if there was one.</param>
/// <param name="Pages">Pages of the result; of a failure, pages that came.</param>
/// <param name="Bytes">Size of the result; 0 for a failure.</param>
/// <param name="Qube">The disposable that did it; null if none was handed out.</param>
/// <param name="Errors">What the service wrote to standard error: untrusted, cut at 64 KiB.</param>
internal sealed record ConversionResult(
    ConversionPlan Plan, string? Error, int? Status, int Pages, long Bytes, string? Qube, string Errors, StageTimes Stages);
