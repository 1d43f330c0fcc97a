using Qubes.Kernel.Events;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Events;

public sealed class OrderTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task Kernel_plugins_scripts_and_clients_receive_an_event_in_this_order()
    {
        await fixture.OnLoop(() =>
        {
            SubscribeAll<Happened>();
            fixture.Bus.Fire(new Happened());
        });
        Assert.Equal(["kernel", "first", "second", "script", "client"], fixture.Calls);
    }

    [Fact]
    public async Task Clients_receive_a_pre_event_before_all_others()
    {
        await fixture.OnLoop(() =>
        {
            SubscribeAll<Happening>();
            fixture.Bus.Fire(new Happening());
        });
        Assert.Equal(["client", "kernel", "first", "second", "script"], fixture.Calls);
    }

    [Fact]
    public async Task An_owners_handlers_run_in_the_order_it_subscribed_them()
    {
        await fixture.OnLoop(() =>
        {
            var bus = fixture.Bus.ForOwner("one", EventRank.FirstPlugin);
            fixture.Note<Sample>(bus, "a");
            fixture.Note<Happened>(bus, "b");
            fixture.Note<QubesEvent>(bus, "c");
            fixture.Bus.Fire(new Happened());
        });
        Assert.Equal(["a", "b", "c"], fixture.Calls);
    }

    [Fact]
    public async Task A_subscription_to_a_base_type_receives_derived_events_and_no_others()
    {
        await fixture.OnLoop(() =>
        {
            var bus = fixture.Bus.ForOwner("one", EventRank.FirstPlugin);
            bus.Subscribe<Sample>(e => fixture.Calls.Add(e.GetType().Name));
            bus.Subscribe<PreEvent>(e => fixture.Calls.Add("pre " + e.GetType().Name));
            fixture.Bus.Fire(new Happened());
            fixture.Bus.Fire(new HappenedElsewhere());
            fixture.Bus.Fire(new Happening());
        });
        Assert.Equal(["Happened", "HappenedElsewhere", "pre Happening"], fixture.Calls);
    }

    [Fact]
    public async Task A_plugins_observer_ranks_as_a_client()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Bus.ForOwner("api", EventRank.FirstPlugin).Observe(e => fixture.Calls.Add("observer"));
            fixture.Note<QubesEvent>(fixture.Bus.ForOwner("script", EventRank.FirstScript), "script");
            fixture.Bus.Fire(new Happened());
            fixture.Bus.Fire(new Happening());
        });
        Assert.Equal(["script", "observer", "observer", "script"], fixture.Calls);
    }

    [Fact]
    public async Task An_event_fired_by_a_handler_is_delivered_before_clients_see_the_first_one()
    {
        await fixture.OnLoop(() =>
        {
            var kernel = fixture.Bus.ForOwner("kernel", EventRank.Kernel);
            kernel.Subscribe<Happened>(_ => kernel.Fire(new HappenedElsewhere()));
            fixture.Bus.ForOwner("api", EventRank.Clients).Subscribe<Sample>(e => fixture.Calls.Add(e.GetType().Name));
            kernel.Fire(new Happened());
        });
        Assert.Equal(["HappenedElsewhere", "Happened"], fixture.Calls);
    }

    private void SubscribeAll<T>() where T : QubesEvent
    {
        foreach (var (name, rank) in new[]
        {
            ("client", EventRank.Clients), ("script", EventRank.FirstScript), ("second", EventRank.FirstPlugin + 1),
            ("first", EventRank.FirstPlugin), ("kernel", EventRank.Kernel),
        })
            fixture.Note<T>(fixture.Bus.ForOwner(name, rank), name);
    }
}
