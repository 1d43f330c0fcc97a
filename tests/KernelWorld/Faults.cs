using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Qubes.KernelWorld;

/// <summary>Everything that was logged as an error: what nobody else would tell a test.</summary>
internal sealed class Faults : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Seen { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Seen.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose() { }
}
