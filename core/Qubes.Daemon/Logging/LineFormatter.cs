using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Qubes.Daemon.Logging;

/// <summary>
/// Writes each entry as one line: time and level for people, or the journal's <c>&lt;N&gt;</c> prefix
/// (<c>sd-daemon(3)</c>). Whatever could move the cursor or break the line is escaped, since names and messages may come
/// from a guest.
/// </summary>
internal sealed class LineFormatter(LineFormat format, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (format.ToJournal)
            textWriter.Write($"<{Priority(logEntry.LogLevel)}>");
        else
            textWriter.Write($"{time.GetLocalNow():HH:mm:ss.fff} {Word(logEntry.LogLevel)} ");
        textWriter.Write($"{logEntry.Category}[{logEntry.EventId.Id}] ");
        EscapedText.Write(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(": ");
            EscapedText.Write(textWriter, format.WithStackTraces ? exception.ToString() : Chain(exception));
        }
        textWriter.Write('\n');
    }

    private static string Chain(Exception exception)
    {
        var own = $"{exception.GetType().Name}: {exception.Message}";
        return exception.InnerException is { } inner ? $"{own} <- {Chain(inner)}" : own;
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "crit ",
        LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };
}
