using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Cloning;

/// <summary>What the plugin logs; event ids 2400 to 2499.</summary>
internal static partial class Log
{
    [LoggerMessage(2400, LogLevel.Warning, "{What} failed: {Reason}")]
    public static partial void WorkFailed(ILogger logger, string what, string reason);

    [LoggerMessage(2401, LogLevel.Error, "{What} broke off")]
    public static partial void WorkBroke(ILogger logger, string what, Exception error);

    [LoggerMessage(2410, LogLevel.Information, "{Template}: a memory template is made: {Reason}")]
    public static partial void Building(ILogger logger, string template, string reason);

    [LoggerMessage(2411, LogLevel.Information, "{Template}: memory template {Key} is ready, {MiB} MiB, made in {Seconds} s")]
    public static partial void Ready(ILogger logger, string template, string key, long miB, double seconds);

    [LoggerMessage(2412, LogLevel.Warning, "{Template}: no memory template could be made, tried again in {Seconds} s at the earliest: {Reason}")]
    public static partial void BuildFailed(ILogger logger, string template, double seconds, string reason);

    [LoggerMessage(2413, LogLevel.Information, "{Template}: the making of a memory template is called off: {Reason}")]
    public static partial void BuildCancelled(ILogger logger, string template, string reason);

    [LoggerMessage(2414, LogLevel.Warning, "{Qube}: is frozen without {Service}: {Reason}")]
    public static partial void NotWarm(ILogger logger, string qube, string service, string reason);

    [LoggerMessage(2415, LogLevel.Information, "{Template}: memory template {Key} is still right")]
    public static partial void StillRight(ILogger logger, string template, string key);

    [LoggerMessage(2420, LogLevel.Warning, "{Template}: memory template {Key} is put out of service: {Reason}")]
    public static partial void Refused(ILogger logger, string template, string key, string reason);

    [LoggerMessage(2421, LogLevel.Information, "{Template}: memory template {Key} is removed: {Reason}")]
    public static partial void Removed(ILogger logger, string template, string key, string reason);

    [LoggerMessage(2422, LogLevel.Information, "{Count} memory templates of earlier daemons are used on, {Removed} left-overs are removed")]
    public static partial void Recovered(ILogger logger, int count, int removed);

    [LoggerMessage(2423, LogLevel.Information, "{Template}: its disposables are booted, as its owner wants it")]
    public static partial void RefusedByOwner(ILogger logger, string template);

    [LoggerMessage(2424, LogLevel.Warning, "{Template}: its recipe is passed over: {Reason}")]
    public static partial void RecipeRefused(ILogger logger, string template, string reason);

    [LoggerMessage(2425, LogLevel.Warning, "{Template}: no process could be kept in reserve: {Reason}")]
    public static partial void NoReserve(ILogger logger, string template, string reason);

    [LoggerMessage(2426, LogLevel.Warning, "{Qube}: could not be removed: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string qube, string reason);

    [LoggerMessage(2427, LogLevel.Information, "{Template}: the host is short of memory, so its reserve of {Count} is given up")]
    public static partial void ReserveGivenUp(ILogger logger, string template, int count);
}
