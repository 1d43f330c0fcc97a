using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>Keeps what was logged, by event id.</summary>
internal sealed class CapturedLog : ILoggerFactory, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<(int Id, string Text)> entries = Channel.CreateUnbounded<(int, string)>();

    /// <summary>Waits for the next entry with that id; fails when it does not come.</summary>
    public async Task<string> NextAsync(int id)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        List<int> others = [];
        try
        {
            await foreach (var entry in entries.Reader.ReadAllAsync(limit.Token))
            {
                if (entry.Id == id)
                    return entry.Text;
                others.Add(entry.Id);
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }
        throw new InvalidOperationException($"no {id} was logged, but {string.Join(", ", others)}");
    }

    /// <summary>The ids of the entries that are there by now and were not waited for; they are gone then.</summary>
    public IReadOnlyList<int> Waiting()
    {
        var ids = new List<int>();
        while (entries.Reader.TryRead(out var entry))
            ids.Add(entry.Id);
        return ids;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Writer.TryWrite((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
