using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Preload;

/// <summary>What the plugin logs; event ids 2300 to 2399.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Warning, "{What} failed: {Reason}")]
    public static partial void WorkFailed(ILogger logger, string what, string reason);

    [LoggerMessage(2301, LogLevel.Information, "{Template}: preloads are filled up or cut: {Reason}")]
    public static partial void Filling(ILogger logger, string template, string reason);

    [LoggerMessage(2302, LogLevel.Information, "{Qube}: preloaded and ready")]
    public static partial void Ready(ILogger logger, string qube);

    [LoggerMessage(2303, LogLevel.Information, "{Qube}: handed out")]
    public static partial void HandedOut(ILogger logger, string qube);

    [LoggerMessage(2304, LogLevel.Warning, "{Qube}: was let run by somebody who did not request it, and counts as used")]
    public static partial void UsedUnasked(ILogger logger, string qube);

    [LoggerMessage(2305, LogLevel.Information, "{Qube}: preload is discarded: {Reason}")]
    public static partial void Discarded(ILogger logger, string qube, string reason);

    [LoggerMessage(2306, LogLevel.Warning, "{Qube}: cannot be preloaded: {Reason}")]
    public static partial void StartFailed(ILogger logger, string qube, string reason);

    [LoggerMessage(2307, LogLevel.Warning, "{Template}: {Missing} preloads are not started: {Reason}")]
    public static partial void Short(ILogger logger, string template, int missing, string reason);

    [LoggerMessage(2308, LogLevel.Warning, "{Qube}: requested, but not handed out; the caller gets another one: {Reason}")]
    public static partial void NotHandedOut(ILogger logger, string qube, string reason);

    [LoggerMessage(2309, LogLevel.Warning, "{Qube}: a discarded preload could not be removed: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string qube, string reason);

    [LoggerMessage(2310, LogLevel.Warning, "nobody can say how much memory is available; all preloads are started")]
    public static partial void MemoryUnknown(ILogger logger);

    [LoggerMessage(2311, LogLevel.Information, "{Template}: {Count} preloads of an earlier run are kept")]
    public static partial void Recovered(ILogger logger, string template, int count);

    [LoggerMessage(2313, LogLevel.Warning, "{Template}: preloads are started only now and then: {Message}")]
    public static partial void BreakerOpen(ILogger logger, string template, string message);

    [LoggerMessage(2314, LogLevel.Information, "the host suspends: {Count} preloads are removed")]
    public static partial void Suspending(ILogger logger, int count);

    [LoggerMessage(2312, LogLevel.Error, "{What} broke off")]
    public static partial void WorkBroke(ILogger logger, string what, Exception error);

    [LoggerMessage(2330, LogLevel.Warning, "{Qube}: runs, but its network does not: {Reason}")]
    public static partial void NotConnected(ILogger logger, string qube, string reason);

    [LoggerMessage(2331, LogLevel.Warning, "{Qube}: is ready, but {Service} says: {Text}")]
    public static partial void ReadyButSays(ILogger logger, string qube, string service, string text);

    [LoggerMessage(2332, LogLevel.Warning, "{Qube}: is preloaded without having been warmed up: {Reason}")]
    public static partial void NotWarm(ILogger logger, string qube, string reason);

    [LoggerMessage(2340, LogLevel.Warning, "{Template}: the policy {Policy} is not followed, the maximum counts: {Reason}")]
    public static partial void PolicyFailed(ILogger logger, string template, string policy, string reason);

    [LoggerMessage(2341, LogLevel.Warning, "Metrics are not offered at {Path}: {Reason}")]
    public static partial void NoMetrics(ILogger logger, string path, string reason);

    [LoggerMessage(2350, LogLevel.Warning, "{Qube}: is paused with more memory than it needs: {Reason}")]
    public static partial void NotShrunk(ILogger logger, string qube, string reason);

    [LoggerMessage(2351, LogLevel.Warning, "{Qube}: is used, but may not get its memory back: {Reason}")]
    public static partial void NotReleased(ILogger logger, string qube, string reason);

    [LoggerMessage(2352, LogLevel.Warning, "the host is short of memory ({Pressure}): {Count} preloads are kept at most, in all")]
    public static partial void Pressed(ILogger logger, string pressure, int count);

    [LoggerMessage(2353, LogLevel.Information, "memory is no longer short; preloads come back one by one from in {Seconds} s on")]
    public static partial void Relieved(ILogger logger, int seconds);

    [LoggerMessage(2354, LogLevel.Information, "all queues may have their wanted lengths again")]
    public static partial void Unrestrained(ILogger logger);

    [LoggerMessage(2355, LogLevel.Debug, "{Qube}: its memory is not known: {Reason}")]
    public static partial void NotMeasured(ILogger logger, string qube, string reason);

    [LoggerMessage(2360, LogLevel.Information, "{Template}: a batch of {Count} disposables was announced")]
    public static partial void LeaseBegun(ILogger logger, string template, int count);

    [LoggerMessage(2361, LogLevel.Information, "{Template}: a batch has ended after {Given} disposables")]
    public static partial void LeaseEnded(ILogger logger, string template, int given);

    [LoggerMessage(2362, LogLevel.Warning, "{Holder}: has gone without ending its batch of disposables of {Template}; those that it got are removed")]
    public static partial void LeaseExpired(ILogger logger, string holder, string template);

    [LoggerMessage(2363, LogLevel.Warning, "{Template}: a disposable of a batch could not be had, another one is tried: {Reason}")]
    public static partial void DrawFailed(ILogger logger, string template, string reason);

    [LoggerMessage(2370, LogLevel.Information, "requests for disposables are recorded in {Path}")]
    public static partial void TraceBegun(ILogger logger, string path);

    [LoggerMessage(2371, LogLevel.Information, "requests for disposables are no longer recorded; {Path} has {Count}")]
    public static partial void TraceEnded(ILogger logger, string path, int count);
}
