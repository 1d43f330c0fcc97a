using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;

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

    /// <summary>The time zone of the host, for rules that are told in people's time of another day than this one.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Where the host has its power from; at most 30 s old.</summary>
    public HostPower Power { get; init; }

    /// <summary>How short of memory the host is.</summary>
    public MemoryPressure Pressure { get; init; }

    /// <summary>The state of the qube that the template's disposables have their network from; null: they have none.</summary>
    public PowerState? NetvmState { get; init; }

    /// <summary>What was announced.</summary>
    public PreloadBatch Batch { get; init; }
}

/// <summary>What was asked of a template, whether a preload was there or not.</summary>
/// <param name="Recent">When disposables were requested: the last hour's, the last 256 at most, oldest first.</param>
/// <param name="UsualPeaks">
/// For each hour of the day, 24 values of 0 or more: how many were requested within that hour's busiest minute, as a mean over
/// days in which the newest counts three tenths. Kept over restarts of the daemon.
/// </param>
public sealed record PreloadDemand(IReadOnlyList<DateTimeOffset> Recent, IReadOnlyList<double> UsualPeaks);
