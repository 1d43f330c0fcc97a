using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Templates;

/// <summary>What this plugin logs. Event ids are stable: 3400 builds, 3410 clean-up.</summary>
internal static partial class Log
{
    [LoggerMessage(3400, LogLevel.Information, "Templates: '{Template}' was built by recipe '{Recipe}' as {Key} in {Seconds:F1} s")]
    public static partial void Built(ILogger logger, string template, string recipe, string key, double seconds);

    [LoggerMessage(3401, LogLevel.Warning, "Templates: building '{Template}' failed in step '{Step}'")]
    public static partial void Failed(ILogger logger, string template, string step, Exception e);

    [LoggerMessage(3402, LogLevel.Information, "Templates: building '{Template}' was cancelled in step '{Step}'")]
    public static partial void Cancelled(ILogger logger, string template, string step);

    [LoggerMessage(3410, LogLevel.Information, "Templates: removed what {Count} interrupted builds left in {Folder}")]
    public static partial void RemovedRemains(ILogger logger, int count, string folder);

    [LoggerMessage(3411, LogLevel.Warning, "Templates: what interrupted builds left in {Folder} could not be removed")]
    public static partial void RemainsStay(ILogger logger, string folder, Exception e);
}
