using Microsoft.Extensions.Logging;

namespace Qubes.Daemon;

/// <summary>Log lines of the daemon; ids 100 to 199 of its own categories.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Ready after {Milliseconds} ms; machines are made with {Hypervisor}")]
    public static partial void Ready(ILogger log, string hypervisor, long milliseconds);

    [LoggerMessage(101, LogLevel.Information, "Stopping; machines go on running")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(102, LogLevel.Warning, "Configuration: {Complaint}")]
    public static partial void Configuration(ILogger log, string complaint);

    [LoggerMessage(103, LogLevel.Warning, "The service manager cannot be told {Message}")]
    public static partial void NotTold(ILogger log, Exception cause, string message);

    [LoggerMessage(104, LogLevel.Error, "The changed configuration is not taken, all stays as it is: {Reason}")]
    public static partial void ConfigurationNotTaken(ILogger log, string reason);

    [LoggerMessage(105, LogLevel.Information, "The changed configuration is taken")]
    public static partial void ConfigurationTaken(ILogger log);

    [LoggerMessage(106, LogLevel.Warning, "{Directory} cannot be watched; it is looked at every now and then")]
    public static partial void NotWatched(ILogger log, Exception cause, string directory);
}
