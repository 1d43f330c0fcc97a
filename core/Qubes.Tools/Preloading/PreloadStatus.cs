namespace Qubes.Tools.Preloading;

/// <summary>A line of <c>admin.preload.Status</c>; times are milliseconds.</summary>
internal sealed record PreloadStatus(
    string Template, string State, string Policy, int Max, int Target, string TargetReason, int Ready, int Starting,
    string? Message = null, double? HitRate = null, double? P50Ms = null, double? P99Ms = null, PreloadMoment? LastFailure = null,
    int? Allowance = null, string? AllowanceReason = null, PreloadMemory? Memory = null);

/// <summary>What a template's preloads cost the host, KiB.</summary>
internal sealed record PreloadMemory(long PssKib, long PrivateKib, long SharedKib);
