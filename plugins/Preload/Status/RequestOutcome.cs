namespace Qubes.Plugins.Preload.Status;

/// <summary>How a request for a disposable was served; the names in snake case are part of status and metrics.</summary>
internal enum RequestOutcome
{
    /// <summary>By a preload that was ready.</summary>
    Served,

    /// <summary>By a preload that still started and was waited for.</summary>
    Awaited,

    /// <summary>By a newly made disposable.</summary>
    Missed,
}
