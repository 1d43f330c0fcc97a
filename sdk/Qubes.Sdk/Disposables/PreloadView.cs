using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Disposables;

/// <summary>What a policy may know of a template when it is asked.</summary>
/// <param name="Template">The disposable template; to be read only.</param>
/// <param name="Max">The most that may be preloaded; 1 or more.</param>
/// <param name="Ready">How many wait for their caller; 0 or more.</param>
/// <param name="Starting">How many are being made or boot, and nobody has requested yet; 0 or more.</param>
/// <param name="Now">The time, with the host's offset: its hour is that of people's clocks.</param>
/// <param name="Demand">Who wanted how many, and when.</param>
/// <param name="AvailableBytes">
/// Memory that preloads may still be given, bytes, less what <c>preload-dispvm-threshold</c> keeps free; at most 30 s old. Null:
/// not known.
/// </param>
/// <param name="BytesEach">Memory that one takes when it starts, bytes.</param>
public sealed record PreloadView(
    IQube Template, int Max, int Ready, int Starting, DateTimeOffset Now, PreloadDemand Demand, long? AvailableBytes, long BytesEach)
{
    /// <summary>Those that are there or on their way.</summary>
    public int Queued => Ready + Starting;
}

/// <summary>What was asked of a template, whether a preload was there or not.</summary>
/// <param name="Recent">When disposables were requested: the last hour's, the last 256 at most, oldest first.</param>
/// <param name="UsualPeaks">
/// For each hour of the day, 24 values of 0 or more: how many were requested within that hour's busiest minute, as a mean over
/// days in which the newest counts three tenths. Kept over restarts of the daemon.
/// </param>
public sealed record PreloadDemand(IReadOnlyList<DateTimeOffset> Recent, IReadOnlyList<double> UsualPeaks);
