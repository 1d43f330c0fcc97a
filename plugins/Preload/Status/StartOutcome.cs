namespace Qubes.Plugins.Preload.Status;

/// <summary>What came of the start of a preload; the names in snake case are part of the metrics.</summary>
internal enum StartOutcome
{
    /// <summary>It became ready.</summary>
    Ready,

    /// <summary>It was handed out before it was ready.</summary>
    Claimed,

    /// <summary>It was discarded before it was ready.</summary>
    Discarded,

    /// <summary>It failed.</summary>
    Failed,
}
