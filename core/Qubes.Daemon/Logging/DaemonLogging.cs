using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Qubes.Daemon.Logging;

/// <summary>Logs to standard error.</summary>
internal static class DaemonLogging
{
    /// <summary>Loggers whose lines are all written when the factory has been disposed.</summary>
    // Put together by hand: the usual builder brings a second container into every start of the daemon.
    public static ILoggerFactory Create(bool debug, bool toJournal, TimeProvider time)
    {
        var filter = new LoggerFilterOptions { MinLevel = debug ? LogLevel.Debug : LogLevel.Information };
        var options = new ConsoleLoggerOptions { FormatterName = LineFormatter.FormatterName, LogToStandardErrorThreshold = LogLevel.Trace };
        var formatter = new LineFormatter(new LineFormat(toJournal, WithStackTraces: debug), time);
        var loggers = new LoggerFactory([], filter);
        // Added, not given at once: so it ends with the factory.
        loggers.AddProvider(new ConsoleLoggerProvider(new Fixed(options), [formatter]));
        return loggers;
    }

    private sealed class Fixed(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}
