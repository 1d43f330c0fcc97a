namespace Qubes.Simulation.Traces;

/// <summary>Requests as they were recorded.</summary>
/// <param name="Begun">When the recording began, with the offset of the host's clock.</param>
/// <param name="Requests">In order of time.</param>
/// <param name="Length">How long it was recorded; at least until the last request.</param>
internal sealed record Trace(DateTimeOffset Begun, IReadOnlyList<TracedRequest> Requests, TimeSpan Length)
{
    /// <summary>Names of the templates in it, in order.</summary>
    public IReadOnlyList<string> Templates => [.. Requests.Select(r => r.Template).Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>Somebody wanted a disposable.</summary>
/// <param name="At">Since the recording began.</param>
/// <param name="Template">The disposable template's name.</param>
internal readonly record struct TracedRequest(TimeSpan At, string Template);
