using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Testing.Domains;
using Qubes.Sdk.Testing.Events;

namespace Qubes.Sdk.Testing.Tests.Events;

public sealed class InMemoryEventBusTests
{
    private readonly InMemoryEventBus bus = new();
    private readonly IQube work;

    public InMemoryEventBusTests() => work = new SimulatedQubes(bus).Add("work");

    [Fact]
    public async Task Synchronous_handlers_of_base_types_too_come_before_those_that_are_awaited()
    {
        var order = new List<string>();
        bus.SubscribeAsync<QubeStarted>((_, _) => { order.Add("awaited"); return Task.CompletedTask; });
        bus.Subscribe<QubesEvent>(_ => order.Add("base"));
        bus.Subscribe<QubeStarted>(_ => order.Add("own"));
        bus.Subscribe<QubePaused>(_ => order.Add("other"));

        await bus.FireAsync(new QubeStarted(work, Guid.Empty), CancellationToken.None);

        Assert.Equal(["base", "own", "awaited"], order);
    }

    [Fact]
    public void A_subscription_that_ended_hears_nothing()
    {
        var heard = 0;
        var subscription = bus.Subscribe<QubePaused>(_ => heard++);
        bus.Fire(new QubePaused(work));

        subscription.Dispose();
        bus.Fire(new QubePaused(work));

        Assert.Equal((1, 0), (heard, bus.Subscriptions));
    }

    [Fact]
    public void An_awaited_event_is_not_fired_without_waiting() =>
        Assert.Throws<ArgumentException>(() => bus.Fire(new QubeStarted(work, Guid.Empty)));
}
