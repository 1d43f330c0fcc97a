using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins.Logs;

namespace Qubes.Kernel.Plugins.Scopes;

/// <summary>
/// The host's loggers, their categories put under the plugin's name, so that a plugin is told by any line it logs; its last lines are kept.
/// </summary>
internal sealed class PluginLoggerFactory(ILoggerFactory inner, string plugin, PluginLog log) : ILoggerFactory
{
    /// <summary>What stands before the plugin's name in a category.</summary>
    public const string CategoryPrefix = "Plugin.";

    public ILogger CreateLogger(string categoryName) =>
        new RecordingLogger(inner.CreateLogger($"{CategoryPrefix}{plugin}: {categoryName}"), categoryName, log);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("where the daemon logs to is not for a plugin to change");

    // The host's factory outlives the plugin.
    public void Dispose() { }
}
