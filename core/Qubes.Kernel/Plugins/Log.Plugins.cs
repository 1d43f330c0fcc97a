using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins;

namespace Qubes.Kernel;

// Event ids from 400 are the plugin host's.
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Information, "Plugin {Name} {Version} is active")]
    public static partial void PluginActive(ILogger log, string name, string version);

    [LoggerMessage(401, LogLevel.Debug, "Plugin {Name} is disabled: {Reason}")]
    public static partial void PluginDisabled(ILogger log, string name, string reason);

    [LoggerMessage(402, LogLevel.Error, "Plugin {Name} in {Folder} is refused ({State}): {Reason}")]
    public static partial void PluginRefused(ILogger log, Exception? cause, string name, string folder, PluginState state, string reason);

    [LoggerMessage(403, LogLevel.Error, "A service of plugin {Name} did not stop as it should: {Service}")]
    public static partial void PluginStopFailed(ILogger log, Exception cause, string name, string service);

    [LoggerMessage(404, LogLevel.Error, "Plugin {Name} did not end as it should")]
    public static partial void PluginEndFailed(ILogger log, Exception cause, string name);

    [LoggerMessage(405, LogLevel.Warning, "{Complaint}")]
    public static partial void PresetComplaint(ILogger log, string complaint);
}
