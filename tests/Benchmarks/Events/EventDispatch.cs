using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Events;
using Qubes.Kernel.Loop;
using Qubes.Sdk.Events;

namespace Qubes.Benchmarks.Events;

/// <summary>What an event costs that many plugins listen to; the handlers do nothing.</summary>
internal static class EventDispatch
{
    private const int Handlers = 20;
    private const int WarmUp = 20_000;
    private const int Rounds = 201;
    private const int EventsPerRound = 1000;

    public static async Task RunAsync(Report report)
    {
        await using var loop = new KernelLoop(new NoState(), TimeProvider.System, NullLogger<KernelLoop>.Instance);
        var bus = new EventBus(loop, TimeProvider.System, NullLogger<EventBus>.Instance);
        var owners = Enumerable.Range(0, Handlers).Select(i => bus.ForOwner($"plugin{i}", EventRank.FirstPlugin + i)).ToList();
        List<string[]> rows = [];
        await loop.InvokeAsync(async () =>
        {
            foreach (var owner in owners)
            {
                owner.Subscribe<Happened>(_ => { });
                owner.SubscribeAsync<Awaited>((_, _) => Task.CompletedTask);
            }
            var happened = new Happened();
            rows.Add(await MeasureAsync(report, "synchronous", most: 0, () =>
            {
                bus.Fire(happened);
                return Task.CompletedTask;
            }));
            var awaited = new Awaited();
            rows.Add(await MeasureAsync(report, "awaited, done at once", most: 4096, () => bus.FireAsync(awaited, CancellationToken.None)));
        });
        report.Section(
            "Events",
            $"One event with {Handlers} handlers, each of another plugin: the median of {Rounds} rounds of {EventsPerRound}.",
            ["handlers", "µs", "bytes allocated"], rows);
    }

    private static async Task<string[]> MeasureAsync(Report report, string name, long most, Func<Task> fire)
    {
        for (var i = 0; i < WarmUp; i++)
            await fire();
        List<double> times = [];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < EventsPerRound; i++)
                await fire();
            times.Add(TimeProvider.System.GetElapsedTime(begun).TotalMicroseconds / EventsPerRound);
        }
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (Rounds * EventsPerRound);
        report.Bound($"an event with {Handlers} handlers, {name},", bytes, most);
        times.Sort();
        string[] row = [name, times[Rounds / 2].ToString("0.00", CultureInfo.InvariantCulture), bytes.ToString(CultureInfo.InvariantCulture)];
        Console.Error.WriteLine(string.Join("  ", row));
        return row;
    }

    private sealed record Happened() : QubesEvent(Subject: null)
    {
        public override string WireName => "happened";
    }

    private sealed record Awaited() : QubesEvent(Subject: null), IAwaitedEvent
    {
        public override string WireName => "awaited";
    }

    private sealed class NoState : ITurnCommitter
    {
        public long Changes => 0;

        public void Commit() => throw new InvalidOperationException("nothing was changed");
    }
}
