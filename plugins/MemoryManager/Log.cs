using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.MemoryManager;

/// <summary>What the plugin logs; event ids 2500 to 2599.</summary>
internal static partial class Log
{
    [LoggerMessage(2500, LogLevel.Warning, "{What} failed: {Reason}")]
    public static partial void WorkFailed(ILogger logger, string what, string reason);

    [LoggerMessage(2501, LogLevel.Error, "{What} broke off")]
    public static partial void WorkBroke(ILogger logger, string what, Exception error);
}
