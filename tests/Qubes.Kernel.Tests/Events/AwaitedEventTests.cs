using Qubes.Kernel.Events;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Events;

public sealed class AwaitedEventTests : IAsyncLifetime
{
    private readonly BusFixture fixture = new();
    private readonly OwnedEventBus kernel;
    private readonly OwnedEventBus plugin;

    public AwaitedEventTests()
    {
        kernel = fixture.Bus.ForOwner("kernel", EventRank.Kernel);
        plugin = fixture.Bus.ForOwner("one", EventRank.FirstPlugin);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => fixture.DisposeAsync().AsTask();

    [Fact]
    public async Task All_synchronous_handlers_run_before_the_first_asynchronous_one()
    {
        await fixture.OnLoop(async () =>
        {
            kernel.SubscribeAsync<HappenedSlowly>(async (_, _) =>
            {
                fixture.Calls.Add("async");
                await Task.Yield();
                fixture.Calls.Add("async done");
            });
            fixture.Note<HappenedSlowly>(plugin, "sync");
            await kernel.FireAsync(new HappenedSlowly(), default);
            fixture.Calls.Add("fired");
        });
        Assert.Equal(["sync", "async", "async done", "fired"], fixture.Calls);
    }

    [Fact]
    public async Task Asynchronous_handlers_run_side_by_side()
    {
        await fixture.OnLoop(async () =>
        {
            var second = new TaskCompletionSource();
            kernel.SubscribeAsync<HappenedSlowly>((_, _) => second.Task);
            plugin.SubscribeAsync<HappenedSlowly>((_, _) =>
            {
                second.SetResult();
                return Task.CompletedTask;
            });
            await kernel.FireAsync(new HappenedSlowly(), default);
        });
    }

    [Fact]
    public async Task A_synchronous_veto_keeps_asynchronous_handlers_from_running()
    {
        await fixture.OnLoop(async () =>
        {
            kernel.SubscribeAsync<HappeningSlowly>((_, _) => Task.FromException(new FormatException("ran")));
            fixture.Fail<HappeningSlowly>(plugin, "vetoes", BusFixture.Veto());
            await Assert.ThrowsAsync<InvalidValueException>(() => kernel.FireAsync(new HappeningSlowly(), default));
        });
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task An_asynchronous_veto_reaches_whoever_fired_it_when_all_handlers_are_done()
    {
        await fixture.OnLoop(async () =>
        {
            var first = new TaskCompletionSource();
            kernel.SubscribeAsync<HappeningSlowly>((_, _) => throw BusFixture.Veto());
            plugin.SubscribeAsync<HappeningSlowly>((_, _) => first.Task);
            plugin.SubscribeAsync<HappeningSlowly>(async (_, _) =>
            {
                await Task.Yield();
                throw new PermissionDeniedException("second");
            });
            var firing = kernel.FireAsync(new HappeningSlowly(), default);
            await Task.Yield();
            await Task.Yield();
            Assert.False(firing.IsCompleted);
            first.SetResult();
            await Assert.ThrowsAsync<InvalidValueException>(() => firing);
        });
        Assert.Empty(fixture.Logged);
    }

    [Fact]
    public async Task Any_other_failure_is_logged_with_its_owner_and_harms_nobody()
    {
        await fixture.OnLoop(async () =>
        {
            plugin.SubscribeAsync<HappenedSlowly>((_, _) => throw BusFixture.Veto());
            plugin.SubscribeAsync<HappeningSlowly>(async (_, _) =>
            {
                await Task.Yield();
                throw new FormatException("defect");
            });
            await kernel.FireAsync(new HappenedSlowly(), default);
            await kernel.FireAsync(new HappeningSlowly(), default);
        });
        Assert.Equal(2, fixture.Logged.Count);
        Assert.All(fixture.Logged, line => Assert.StartsWith("Events: a handler of one failed on", line));
    }

    [Fact]
    public async Task A_failure_refuses_a_fail_closed_event()
    {
        await fixture.OnLoop(async () =>
        {
            plugin.SubscribeAsync<DecidingSlowly>((_, _) => Task.FromException(new FormatException("inner secret")));
            var refused = await Assert.ThrowsAsync<QubesException>(() => kernel.FireAsync(new DecidingSlowly(), default));
            Assert.DoesNotContain("secret", refused.Message);
        });
    }

    [Fact]
    public async Task A_cancelled_pre_event_is_not_taken_for_granted()
    {
        await fixture.OnLoop(async () =>
        {
            using var cancel = new CancellationTokenSource();
            plugin.SubscribeAsync<HappeningSlowly>((_, token) => new TaskCompletionSource().Task.WaitAsync(token));
            plugin.SubscribeAsync<HappenedSlowly>((_, token) => Task.FromCanceled(token));
            var firing = kernel.FireAsync(new HappeningSlowly(), cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(() => firing);
            await kernel.FireAsync(new HappenedSlowly(), cancel.Token);
        });
        Assert.Empty(fixture.Logged);
    }
}
