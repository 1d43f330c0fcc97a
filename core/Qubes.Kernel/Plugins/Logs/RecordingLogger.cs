using Microsoft.Extensions.Logging;

namespace Qubes.Kernel.Plugins.Logs;

/// <summary>Passes on what a plugin logs and keeps a copy of it, except what is for debugging.</summary>
internal sealed class RecordingLogger(ILogger inner, string category, PluginLog log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel) || IsKept(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsKept(logLevel))
            log.Add(Word(logLevel), category, formatter(state, exception) + (exception is null ? "" : $": {exception.GetType().Name}: {exception.Message}"));
        inner.Log(logLevel, eventId, state, exception, formatter);
    }

    private static bool IsKept(LogLevel level) => level is >= LogLevel.Information and < LogLevel.None;

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "crit ",
        LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        _ => "info ",
    };
}
