using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Events;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Store;
using Qubes.Kernel.Tests.Events;

namespace Qubes.Kernel.Tests.Store;

public sealed class LoopEventsAndStoreTests : IDisposable
{
    private readonly StateDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task After_ten_thousand_turns_from_many_callers_the_state_on_disk_is_the_one_in_memory()
    {
        var memory = new MemoryState();
        await using (var store = directory.Open())
        {
            await using var loop = new KernelLoop(store, TimeProvider.System, NullLogger<KernelLoop>.Instance);
            var bus = new EventBus(loop, TimeProvider.System, NullLogger<EventBus>.Instance);
            var turns = 0;
            await loop.InvokeAsync(async () =>
            {
                await Task.Yield();
                var kernel = bus.ForOwner("kernel", EventRank.Kernel);
                kernel.Subscribe<Happened>(_ => RandomWrites.Apply(++turns, memory, memory, store));
                kernel.SubscribeAsync<HappenedSlowly>(async (_, _) =>
                {
                    await Task.Yield();
                    RandomWrites.Apply(++turns, memory, memory, store);
                });
            });
            await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (caller, _) =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await loop.InvokeAsync(async () =>
                    {
                        bus.Fire(new Happened());
                        await bus.FireAsync(new HappenedSlowly(), default);
                    });
                }
            });
            Assert.Equal(10_000, turns);
            Assert.Equal(StateText.Of(memory.State), StateText.Of(store.Load()));
        }
        Assert.Equal(StateText.Of(memory.State), StateText.Of(await directory.ReloadAsync()));
    }
}
