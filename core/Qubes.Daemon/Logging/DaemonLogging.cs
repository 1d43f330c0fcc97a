using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Qubes.Daemon.Logging;

/// <summary>Logs to standard error.</summary>
internal static class DaemonLogging
{
    /// <summary>Loggers whose lines are all written when the factory has been disposed.</summary>
    public static ILoggerFactory Create(bool debug, bool toJournal, TimeProvider time) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(debug ? LogLevel.Debug : LogLevel.Information);
        logging.Services.AddSingleton(new LineFormat(toJournal, WithStackTraces: debug));
        logging.Services.AddSingleton(time);
        logging.Services.AddSingleton<ConsoleFormatter, LineFormatter>();
        logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    });
}
