namespace Qubes.Simulation.Replay;

/// <summary>How a request was served.</summary>
internal enum Outcome
{
    /// <summary>By a preload that was ready.</summary>
    Ready,

    /// <summary>By a preload that still started.</summary>
    Awaited,

    /// <summary>By one that was made for it.</summary>
    Made,

    /// <summary>Not at all.</summary>
    Failed,
}
