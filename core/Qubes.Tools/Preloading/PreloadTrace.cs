namespace Qubes.Tools.Preloading;

/// <summary>The line of <c>admin.preload.Trace</c>: how the recording of requests stands.</summary>
internal sealed record PreloadTrace(string State, int Requests, string? Path = null, DateTimeOffset? Since = null, string? Reason = null);
