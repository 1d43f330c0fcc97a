namespace Qubes.Plugins.Preload.Status;

/// <summary>Something that happened in preloading.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Template">The disposable template's name.</param>
/// <param name="Kind">What: <c>created</c>, <c>ready</c>, <c>handed-out</c>, <c>used-unasked</c>, <c>missed</c>, <c>discarded</c>, <c>failed</c>, <c>kept</c>.</param>
/// <param name="Qube">The disposable's name; null for a request without one.</param>
/// <param name="Detail">For people; null: nothing more is to be said.</param>
internal sealed record Moment(DateTimeOffset At, string Template, string Kind, string? Qube, string? Detail);
