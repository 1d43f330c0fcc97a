using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qubes.Sdk.Testing.Plugins;

/// <summary>Keeps what a plugin logs. Safe to use from several threads.</summary>
public sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>What was logged, oldest first: <c>LEVEL: TEXT</c>, then the exception's message, if there was one.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("where the daemon logs to is not for a plugin to change");

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        var text = $"{logLevel}: {formatter(state, exception)}";
        lines.Enqueue(exception is null ? text : $"{text}: {exception.Message}");
    }

    /// <summary>Nothing: what was logged stays readable.</summary>
    public void Dispose()
    {
    }
}
