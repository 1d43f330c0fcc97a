using Microsoft.Extensions.Logging;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>Log lines of the plugin host; ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Information, "Plugin {Name} {Version} is active")]
    public static partial void PluginActive(ILogger log, string name, string version);

    [LoggerMessage(1301, LogLevel.Debug, "Plugin {Name} is {State}: {Reason}")]
    public static partial void PluginDisabled(ILogger log, string name, PluginState state, string reason);

    [LoggerMessage(1302, LogLevel.Error, "Plugin {Name} in {Folder} is refused ({State}): {Reason}")]
    public static partial void PluginRefused(ILogger log, Exception? cause, string name, string folder, PluginState state, string reason);

    [LoggerMessage(1303, LogLevel.Error, "A service of plugin {Name} did not stop as it should: {Service}")]
    public static partial void PluginStopFailed(ILogger log, Exception cause, string name, string service);

    [LoggerMessage(1304, LogLevel.Error, "Plugin {Name} did not end as it should")]
    public static partial void PluginEndFailed(ILogger log, Exception cause, string name);

    [LoggerMessage(1305, LogLevel.Warning, "{Complaint}")]
    public static partial void PresetComplaint(ILogger log, string complaint);

    [LoggerMessage(1306, LogLevel.Information, "Plugin {Name} {Version} is active (generation {Generation}, in place of {Before})")]
    public static partial void PluginReplaced(ILogger log, string name, string version, int generation, int before);

    [LoggerMessage(1307, LogLevel.Warning, "Plugin {Name} goes on as it is: {Reason}")]
    public static partial void PluginKept(ILogger log, string name, string reason);

    [LoggerMessage(1308, LogLevel.Information, "Plugin {Name} has ended")]
    public static partial void PluginGone(ILogger log, string name);

    [LoggerMessage(1309, LogLevel.Warning, "Plugin {Name}: {Leftover}")]
    public static partial void PluginNotUnloaded(ILogger log, string name, string leftover);

    [LoggerMessage(1310, LogLevel.Error, "A handler failed when plugins came or went: {Handler}")]
    public static partial void ChangeNotTaken(ILogger log, Exception cause, string handler);

    [LoggerMessage(1311, LogLevel.Error, "Plugin {Name} keeps failing; it is left on, since it cannot be switched off while the daemon runs: {Reason}")]
    public static partial void KeepsFailing(ILogger log, string name, string reason);

    [LoggerMessage(1312, LogLevel.Error, "Plugins could not be brought in line with what is installed; it is tried again")]
    public static partial void ReconcileFailed(ILogger log, Exception cause);

    [LoggerMessage(1313, LogLevel.Warning, "{Directory} cannot be watched; it is looked at every {Seconds} s")]
    public static partial void NotWatched(ILogger log, Exception cause, string directory, double seconds);
}
