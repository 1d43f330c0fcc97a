using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>Keeps what is logged as <c>CATEGORY|TEXT</c>.</summary>
internal sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = [];

    public IReadOnlyList<string> Lines => [.. lines];

    /// <summary>What plugins said, as <c>PLUGIN: TEXT</c>.</summary>
    public IReadOnlyList<string> OfPlugins =>
        [.. from line in lines where line.StartsWith("Plugin.", StringComparison.Ordinal)
            select line["Plugin.".Length..line.IndexOf(':')] + line[line.IndexOf('|')..].Replace("|", ": ")];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.lines.Enqueue($"{category}|{formatter(state, exception)}");
    }
}
