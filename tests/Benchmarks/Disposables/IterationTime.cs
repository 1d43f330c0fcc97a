using System.Text.Json.Serialization;

namespace Qubes.Benchmarks.Disposables;

/// <summary>What one iteration took, in seconds; the stages are those of the reference harness, for API cases only.</summary>
internal sealed record IterationTime(
    [property: JsonPropertyName("total")] double Total,
    [property: JsonPropertyName("disp")] double? Obtain = null,
    [property: JsonPropertyName("start")] double? Start = null,
    [property: JsonPropertyName("exec")] double? Execute = null,
    [property: JsonPropertyName("clean")] double? Clean = null);
