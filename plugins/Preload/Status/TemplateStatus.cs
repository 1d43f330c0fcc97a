namespace Qubes.Plugins.Preload.Status;

/// <summary>How preloading of one template stands: the members are those of the line that clients get.</summary>
/// <param name="Template">The disposable template.</param>
/// <param name="State">
/// <c>off</c> (nothing is to be preloaded), <c>drained</c>, <c>ready</c> (as many wait as are wanted), <c>filling</c>, or
/// <c>short</c> (<paramref name="Message"/> says why).
/// </param>
/// <param name="Message">What keeps it from being full, or its policy from being followed; absent: nothing.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Max">The most that may be preloaded.</param>
/// <param name="Target">How many are wanted now.</param>
/// <param name="TargetReason">Why that many.</param>
/// <param name="Ready">How many wait for their caller.</param>
/// <param name="Starting">How many are made or boot.</param>
/// <param name="HitRate">The part of the last 512 requests that a preload served, 0 to 1; absent: there were none.</param>
/// <param name="P50Ms">Of the last requests, 512 of each outcome at most: half took no longer, milliseconds; absent: none ended.</param>
/// <param name="P99Ms">The same for 99 of 100.</param>
/// <param name="Requests">Requests since the daemon started, by outcome.</param>
/// <param name="LastFailure">The last start that failed, or preload that could not be handed out; absent: none since the daemon started.</param>
/// <param name="Allowance">How many the host's memory allows now: <paramref name="Target"/>, or fewer while it is short.</param>
/// <param name="AllowanceReason">Why fewer; absent: as many as are wanted.</param>
/// <param name="Weight">How much of scarce memory its preloads get, compared with others': 1 to 1000.</param>
/// <param name="Memory">What its preloads cost the host, as measured within the last second; absent: none was measured.</param>
internal sealed record TemplateStatus(
    string Template, string State, string? Message, string Policy, int Max, int Target, string TargetReason, int Ready, int Starting,
    double? HitRate, double? P50Ms, double? P99Ms, IReadOnlyDictionary<string, RequestStatus> Requests, Moment? LastFailure,
    int Allowance, string? AllowanceReason, int Weight, PoolMemory? Memory);

/// <summary>Requests of one outcome.</summary>
/// <param name="Count">Since the daemon started.</param>
/// <param name="P50Ms">Of the last 512; absent: none ended.</param>
/// <param name="P99Ms">The same for 99 of 100.</param>
internal sealed record RequestStatus(long Count, double? P50Ms, double? P99Ms);
