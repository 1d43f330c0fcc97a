using Qubes.Kernel.Events;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Events;

public sealed class FailureTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();
    private readonly OwnedEventBus kernel;
    private readonly OwnedEventBus plugin;

    public FailureTests()
    {
        kernel = fixture.Bus.ForOwner("kernel", EventRank.Kernel);
        plugin = fixture.Bus.ForOwner("one", EventRank.FirstPlugin);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task A_veto_of_a_pre_event_stops_it_and_reaches_whoever_fired_it()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Fail<Happening>(kernel, "vetoes", BusFixture.Veto());
            fixture.Note<Happening>(plugin, "later");
            Assert.Throws<InvalidValueException>(() => kernel.Fire(new Happening()));
        });
        Assert.Equal(["vetoes"], fixture.Calls);
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task Any_other_failure_of_a_pre_events_handler_is_logged_with_its_owner_and_harms_nobody()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Fail<Happening>(plugin, "fails", new FormatException("defect"));
            fixture.Note<Happening>(plugin, "later");
            kernel.Fire(new Happening());
        });
        Assert.Equal(["fails", "later"], fixture.Calls);
        Assert.StartsWith("Events: a handler of one failed on Happening: BusFixture.Fail", Assert.Single(fixture.Logged));
    }

    [Fact]
    public async Task A_failure_refuses_a_fail_closed_event_without_saying_what_failed()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Fail<Deciding>(plugin, "fails", new FormatException("inner secret"));
            fixture.Note<Deciding>(plugin, "later");
            var refused = Assert.Throws<QubesException>(() => kernel.Fire(new Deciding()));
            Assert.Equal("QubesException", refused.WireName);
            Assert.DoesNotContain("secret", refused.Message);
        });
        Assert.Equal(["fails"], fixture.Calls);
        Assert.Single(fixture.Logged);
    }

    [Fact]
    public async Task A_veto_of_a_fail_closed_event_keeps_its_class()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Fail<Deciding>(plugin, "denies", new PermissionDeniedException("no"));
            Assert.Throws<PermissionDeniedException>(() => kernel.Fire(new Deciding()));
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_happened_cannot_be_vetoed_and_every_handler_hears_of_it(bool refusal)
    {
        await fixture.OnLoop(() =>
        {
            fixture.Fail<Happened>(plugin, "fails", refusal ? BusFixture.Veto() : new FormatException("defect"));
            fixture.Note<Happened>(plugin, "later");
            kernel.Fire(new Happened());
        });
        Assert.Equal(["fails", "later"], fixture.Calls);
        Assert.Single(fixture.Logged);
    }

    [Fact]
    public async Task An_observer_refuses_nothing()
    {
        await fixture.OnLoop(() =>
        {
            plugin.Observe(_ => throw BusFixture.Veto());
            fixture.Note<PreEvent>(plugin, "later");
            kernel.Fire(new Happening());
            kernel.Fire(new Deciding());
        });
        Assert.Equal(["later", "later"], fixture.Calls);
        Assert.Equal(2, fixture.Logged.Count);
    }

    [Fact]
    public async Task An_awaited_event_is_not_fired_without_waiting() =>
        await fixture.OnLoop(() => Assert.Throws<ArgumentException>(() => kernel.Fire(new HappenedSlowly())));

    [Fact]
    public async Task The_bus_is_used_on_the_loop_only()
    {
        Assert.Throws<InvalidOperationException>(() => kernel.Fire(new Happened()));
        Assert.Throws<InvalidOperationException>(() => fixture.Note<Happened>(kernel, "x"));
        Assert.Throws<InvalidOperationException>(() => kernel.SubscribeAsync<HappenedSlowly>((_, _) => Task.CompletedTask));
        Assert.Throws<InvalidOperationException>(() => kernel.Observe(_ => { }));
        Assert.Throws<InvalidOperationException>(kernel.Dispose);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kernel.FireAsync(new HappenedSlowly(), default));
    }

    [Fact]
    public async Task A_handler_that_holds_the_loop_is_logged_with_its_owner_and_event()
    {
        await fixture.OnLoop(() =>
        {
            fixture.Note<Happened>(plugin, "quick");
            plugin.Subscribe<Happened>(Dawdle);
            kernel.Fire(new Happened());
        });
        Assert.Contains("Events: a handler of one took 60 ms on Happened: FailureTests.Dawdle", fixture.Logged);
    }

    private void Dawdle(QubesEvent e) => fixture.Clock.Advance(TimeSpan.FromMilliseconds(60));
}
