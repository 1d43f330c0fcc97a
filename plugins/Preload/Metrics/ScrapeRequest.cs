namespace Qubes.Plugins.Preload.Metrics;

/// <summary>What a client of the metrics socket wants.</summary>
internal enum ScrapeRequest
{
    /// <summary>Not all of the request is there.</summary>
    Unfinished,

    /// <summary>The metrics.</summary>
    Metrics,

    /// <summary>Something else that is well-formed.</summary>
    OtherPath,

    /// <summary>Another method than <c>GET</c>.</summary>
    OtherMethod,

    /// <summary>No request of HTTP/1.</summary>
    Malformed,
}
