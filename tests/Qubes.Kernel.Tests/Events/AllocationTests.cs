using Qubes.Kernel.Events;

namespace Qubes.Kernel.Tests.Events;

/// <summary>The budget of memory: times depend on the machine, allocated bytes do not.</summary>
public sealed class AllocationTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task An_event_with_twenty_handlers_allocates_nothing()
    {
        long allocated = 0;
        await fixture.OnLoop(() =>
        {
            for (var i = 0; i < 20; i++)
                fixture.Bus.ForOwner($"plugin{i}", EventRank.FirstPlugin + i).Subscribe<Sample>(_ => { });
            var e = new Happened();
            fixture.Bus.Fire(e); // Who receives it is found out once.
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                fixture.Bus.Fire(e);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return Task.CompletedTask;
        });
        Assert.Equal(0, allocated);
    }
}
