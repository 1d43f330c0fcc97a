using Microsoft.Extensions.Logging;

namespace Qubes.Kernel.Plugins;

/// <summary>Log lines of the plugin host; ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Information, "Plugin {Name} {Version} is active")]
    public static partial void PluginActive(ILogger log, string name, string version);

    [LoggerMessage(1301, LogLevel.Debug, "Plugin {Name} is disabled: {Reason}")]
    public static partial void PluginDisabled(ILogger log, string name, string reason);

    [LoggerMessage(1302, LogLevel.Error, "Plugin {Name} in {Folder} is refused ({State}): {Reason}")]
    public static partial void PluginRefused(ILogger log, Exception? cause, string name, string folder, PluginState state, string reason);

    [LoggerMessage(1303, LogLevel.Error, "A service of plugin {Name} did not stop as it should: {Service}")]
    public static partial void PluginStopFailed(ILogger log, Exception cause, string name, string service);

    [LoggerMessage(1304, LogLevel.Error, "Plugin {Name} did not end as it should")]
    public static partial void PluginEndFailed(ILogger log, Exception cause, string name);

    [LoggerMessage(1305, LogLevel.Warning, "{Complaint}")]
    public static partial void PresetComplaint(ILogger log, string complaint);
}
