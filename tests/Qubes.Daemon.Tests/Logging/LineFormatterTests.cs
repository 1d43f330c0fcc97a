using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Daemon.Logging;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Daemon.Tests.Logging;

public sealed class LineFormatterTests
{
    [Fact]
    public void People_get_time_and_level() =>
        Assert.Equal("00:00:00.000 warn  Some.Category[42] hello\n", Line("hello", LogLevel.Warning));

    [Theory]
    [InlineData(LogLevel.Critical, "<2>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Debug, "<7>")]
    [InlineData(LogLevel.Trace, "<7>")]
    public void The_journal_gets_its_prefix(LogLevel level, string prefix) =>
        Assert.Equal(prefix + "Some.Category[42] hello\n", Line("hello", level, format: new(ToJournal: true, WithStackTraces: false)));

    [Fact]
    public void An_exception_is_told_with_its_causes_in_the_same_line()
    {
        var cause = new IOException("outer\nline", new ArgumentException("inner"));
        Assert.EndsWith("hello: IOException: outer\\u000Aline <- ArgumentException: inner\n", Line("hello", cause: cause), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_trace_stays_in_the_line_too()
    {
        Exception thrown = Assert.Throws<FormatException>(() => int.Parse("x"));
        var line = Line("hello", cause: thrown, format: new(ToJournal: false, WithStackTraces: true));
        Assert.Contains("\\u000A   at System.", line);
        Assert.Equal(1, line.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("\u001b[2J", "\\u001B[2J")]
    [InlineData("a\r\nb", "a\\u000D\\u000Ab")]
    [InlineData("\u009b", "\\u009B")]
    [InlineData("\u202e", "\\u202E")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("grün 🙂", "grün 🙂")]
    public void What_could_move_the_cursor_is_escaped(string text, string escaped) =>
        Assert.EndsWith(" " + escaped + "\n", Line(text), StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_escaped() => Assert.EndsWith(" \\uD800x\n", Line("\ud800x"), StringComparison.Ordinal);

    [Fact]
    public void Any_text_is_one_line() => Check.QuickThrowOnFailure(Prop.ForAll((string? text) =>
        Line(text ?? "")[..^1].All(c => !char.IsControl(c))));

    private static string Line(
        string text, LogLevel level = LogLevel.Information, Exception? cause = null, LineFormat? format = null)
    {
        var writer = new StringWriter();
        var entry = new LogEntry<string>(level, "Some.Category", new EventId(42), text, cause, (state, _) => state);
        new LineFormatter(format ?? new(ToJournal: false, WithStackTraces: false), new VirtualTimeProvider())
            .Write(entry, scopeProvider: null, writer);
        return writer.ToString();
    }
}
