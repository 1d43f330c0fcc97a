namespace Qubes.Plugins.Preload.Traces;

/// <summary>How the recording stands: the members are those of the line that clients get.</summary>
/// <param name="State"><c>none</c>, <c>recording</c> or <c>ended</c>.</param>
/// <param name="Path">Its file; absent: there is none of this daemon's.</param>
/// <param name="Requests">How many are in it.</param>
/// <param name="Since">When it was begun.</param>
/// <param name="Reason">Why it has ended.</param>
internal sealed record TraceStatus(string State, string? Path, int Requests, DateTimeOffset? Since, string? Reason);
