namespace Qubes.Plugins.Preload.Lives;

/// <summary>Where one preload is in its life (spec: preloaded disposables, section 4; its names behind the dash).</summary>
internal enum PreloadStage
{
    /// <summary>Registered, its volumes are being made — CREATED.</summary>
    Created,

    /// <summary>Its machine starts and its guest boots — BOOTING.</summary>
    Starting,

    /// <summary>Its guest is ready; it is about to be paused — PAUSING.</summary>
    Operational,

    /// <summary>Ready for whoever comes — READY. It runs on if pausing was not possible.</summary>
    Paused,

    /// <summary>A caller's, who has not got it yet — CLAIMED-EARLY or CLAIMED.</summary>
    Requested,

    /// <summary>
    /// It runs and is no preload any more; what its network missed while it was paused is made up for, which mostly takes no
    /// time — between CLAIMED or READY and USED.
    /// </summary>
    Connecting,

    /// <summary>A caller's, or whoever's who let it run — USED.</summary>
    Used,

    /// <summary>Nobody's, and about to be gone — DISCARDED.</summary>
    Discarded,
}

internal static class PreloadStages
{
    /// <summary>Which step leads from one stage to another.</summary>
    public static bool MayBecome(this PreloadStage from, PreloadStage to) => from switch
    {
        PreloadStage.Created => to is PreloadStage.Starting or PreloadStage.Requested or PreloadStage.Discarded,
        PreloadStage.Starting => to is PreloadStage.Operational or PreloadStage.Requested or PreloadStage.Discarded,
        PreloadStage.Operational => to is PreloadStage.Paused or PreloadStage.Requested or PreloadStage.Discarded,
        PreloadStage.Paused => to is PreloadStage.Requested or PreloadStage.Connecting or PreloadStage.Discarded,
        PreloadStage.Requested => to is PreloadStage.Connecting or PreloadStage.Discarded,
        PreloadStage.Connecting => to is PreloadStage.Used or PreloadStage.Discarded,
        PreloadStage.Used or PreloadStage.Discarded => false,
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, null),
    };

    /// <summary>Whether nobody has asked for it: it is in the queue.</summary>
    public static bool IsQueued(this PreloadStage stage) => stage switch
    {
        PreloadStage.Created or PreloadStage.Starting or PreloadStage.Operational or PreloadStage.Paused => true,
        PreloadStage.Requested or PreloadStage.Connecting or PreloadStage.Used or PreloadStage.Discarded => false,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };
}
