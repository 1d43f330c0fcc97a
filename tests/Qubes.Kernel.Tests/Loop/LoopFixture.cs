using Microsoft.Extensions.Logging;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Tests.Plugins;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Kernel.Tests.Loop;

/// <summary>A loop with a committer that counts, a clock that stands still, and a log to look at.</summary>
internal sealed class LoopFixture : IAsyncDisposable
{
    private readonly CapturedLog log = new();
    private readonly LoggerFactory loggers;

    public LoopFixture()
    {
        loggers = new LoggerFactory([log]);
        Loop = new KernelLoop(State, Clock, loggers.CreateLogger<KernelLoop>());
    }

    public CountingCommitter State { get; } = new();

    public VirtualTimeProvider Clock { get; } = new();

    public KernelLoop Loop { get; }

    public IReadOnlyList<string> Logged => [.. log.Lines.Select(line => line[(line.IndexOf('|') + 1)..])];

    public ILogger<T> Logger<T>() => loggers.CreateLogger<T>();

    /// <summary>Runs on the loop.</summary>
    public Task Do(Action work) => Loop.InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <summary>Keeps the loop in one turn until disposed of, so that what is queued meanwhile follows it in one batch.</summary>
    public Held Hold()
    {
        var held = new Held();
        Loop.Post(held.Enter);
        held.Entered.Wait();
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        loggers.Dispose();
    }

    public sealed class Held : IDisposable
    {
        private readonly ManualResetEventSlim released = new();

        public ManualResetEventSlim Entered { get; } = new();

        public void Enter()
        {
            Entered.Set();
            released.Wait();
        }

        public void Dispose() => released.Set();
    }
}
