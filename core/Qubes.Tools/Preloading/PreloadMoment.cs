namespace Qubes.Tools.Preloading;

/// <summary>A line of <c>admin.preload.History</c>: something that happened.</summary>
internal sealed record PreloadMoment(DateTimeOffset At, string Template, string Kind, string? Qube = null, string? Detail = null);
