using Microsoft.Extensions.Logging;

namespace Qubes.Kernel.Plugins;

// Event ids 2000 to 2099 are the plugin host's.
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Plugin {Name} {Version} is active")]
    public static partial void Active(ILogger log, string name, string version);

    [LoggerMessage(2001, LogLevel.Debug, "Plugin {Name} is disabled: {Reason}")]
    public static partial void Disabled(ILogger log, string name, string reason);

    [LoggerMessage(2002, LogLevel.Error, "Plugin {Name} in {Folder} is refused ({State}): {Reason}")]
    public static partial void Refused(ILogger log, Exception? cause, string name, string folder, PluginState state, string reason);

    [LoggerMessage(2003, LogLevel.Error, "A service of plugin {Name} did not stop as it should: {Service}")]
    public static partial void StopFailed(ILogger log, Exception cause, string name, string service);

    [LoggerMessage(2004, LogLevel.Error, "Plugin {Name} did not end as it should")]
    public static partial void EndFailed(ILogger log, Exception cause, string name);

    [LoggerMessage(2005, LogLevel.Warning, "{Complaint}")]
    public static partial void Preset(ILogger log, string complaint);
}
