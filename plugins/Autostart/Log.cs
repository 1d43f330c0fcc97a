using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Autostart;

/// <summary>What the plugin logs.</summary>
internal static partial class Log
{
    [LoggerMessage(9000, LogLevel.Warning, "{Reason}")]
    public static partial void NotLinked(ILogger logger, string reason);
}
