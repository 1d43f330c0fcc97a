using Qubes.Kernel.Events;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Events;

public sealed class SubscriptionTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();
    private readonly OwnedEventBus bus;

    public SubscriptionTests() => bus = fixture.Bus.ForOwner("one", EventRank.FirstPlugin);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task A_handler_is_not_called_once_its_subscription_ended()
    {
        await fixture.OnLoop(() =>
        {
            var subscription = fixture.Note<Happened>(bus, "a");
            bus.Fire(new Happened());
            subscription.Dispose();
            subscription.Dispose();
            bus.Fire(new Happened());
        });
        Assert.Equal(["a"], fixture.Calls);
    }

    [Fact]
    public async Task One_that_ends_during_an_event_is_not_called_for_it_any_more()
    {
        await fixture.OnLoop(() =>
        {
            IDisposable later = null!;
            bus.Subscribe<Happened>(_ => later.Dispose());
            later = fixture.Note<Happened>(bus, "later");
            fixture.Note<Happened>(bus, "last");
            bus.Fire(new Happened());
        });
        Assert.Equal(["last"], fixture.Calls);
    }

    [Fact]
    public async Task An_asynchronous_one_that_ends_during_an_event_is_not_called_for_it_any_more()
    {
        await fixture.OnLoop(async () =>
        {
            var later = bus.SubscribeAsync<HappenedSlowly>((_, _) => Task.FromException(new FormatException()));
            bus.Subscribe<HappenedSlowly>(_ => later.Dispose());
            await bus.FireAsync(new HappenedSlowly(), default);
        });
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task One_that_is_made_during_an_event_begins_with_the_next()
    {
        await fixture.OnLoop(() =>
        {
            bus.Subscribe<Happened>(_ => fixture.Note<Happened>(bus, "new"));
            bus.Fire(new Happened());
            Assert.Empty(fixture.Calls);
            bus.Fire(new Happened());
        });
        Assert.Equal(["new"], fixture.Calls);
    }

    [Fact]
    public async Task An_owners_end_ends_its_subscriptions_and_nobody_elses()
    {
        await fixture.OnLoop(() =>
        {
            var other = fixture.Bus.ForOwner("other", EventRank.FirstPlugin);
            fixture.Note<Happened>(bus, "a");
            var left = fixture.Note<Sample>(bus, "b");
            bus.Observe(_ => fixture.Calls.Add("c"));
            fixture.Note<Happened>(other, "other");
            other.Fire(new Happened());
            fixture.Calls.Clear();
            bus.Dispose();
            other.Fire(new Happened());
            left.Dispose();
            bus.Dispose();
        });
        Assert.Equal(["other"], fixture.Calls);
    }

    [Fact]
    public async Task An_owner_that_ended_can_neither_subscribe_nor_fire()
    {
        await fixture.OnLoop(async () =>
        {
            bus.Dispose();
            Assert.Throws<ObjectDisposedException>(() => fixture.Note<Happened>(bus, "a"));
            Assert.Throws<ObjectDisposedException>(() => bus.Fire(new Happened()));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => bus.FireAsync(new HappenedSlowly(), default));
        });
    }

    [Fact]
    public async Task Firing_to_twenty_handlers_allocates_nothing()
    {
        await fixture.OnLoop(() =>
        {
            var count = 0;
            for (var i = 0; i < 20; i++)
                bus.Subscribe<Sample>(_ => count++);
            QubesEvent e = new Happened();
            bus.Fire(e);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                bus.Fire(e);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(20 * 1001, count);
        });
    }
}
