namespace Qubes.Plugins.Preload.Failures;

/// <summary>Whether a template's preloads are started.</summary>
internal enum BreakerState
{
    /// <summary>Yes.</summary>
    Closed,

    /// <summary>The last start failed; the next one waits a moment.</summary>
    BackingOff,

    /// <summary>Start after start failed; it is tried again now and then.</summary>
    Open,

    /// <summary>It waited long enough: one is tried, and decides.</summary>
    HalfOpen,
}
