using Qubes.Plugins.Preload.Leases;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Leases;

/// <summary>Batches of disposables as plugins get them.</summary>
public sealed class LeaseTests : PreloadTest
{
    private BatchLeases Leases => Kernel.Part<BatchLeases>();

    private Task<Lease> BeginAsync(int count, string template = "dvm", string by = "work") => Kernel.OnLoop(() =>
    {
        Leases.Places = 2;
        return Leases.Begin(new(Kernel.Qubes.Find(template), Kernel.Qubes.Find(by)), count);
    });

    private Task<IQube> NextAsync(Lease lease, CancellationToken cancel = default) => Kernel.OnLoop(() => lease.NextAsync(cancel));

    private Task<LeaseStanding> StandingAsync(Lease lease) => Kernel.OnLoop(() => lease.Standing);

    private async Task<IQube> TakeAsync(Lease lease)
    {
        var next = NextAsync(lease);
        await Kernel.FinishAsync(next);
        return await next;
    }

    [Fact]
    public async Task Each_document_gets_a_running_disposable_of_its_own_also_without_preloads()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(2);
        var lease = await BeginAsync(3);

        var given = new[] { await TakeAsync(lease), await TakeAsync(lease), await TakeAsync(lease) };

        Assert.Equal(3, given.Distinct().Count());
        foreach (var disposable in given)
        {
            Assert.Equal(PowerState.Running, await Kernel.StateAsync(disposable.Name));
            Assert.True(await Kernel.OnLoop(() => disposable.Tags.Contains("disp-created-by-work")));
        }
        Assert.Equal(new(3, 3, 0, 0, null), await StandingAsync(lease));
        var refusal = await Assert.ThrowsAsync<QubesException>(() => NextAsync(lease));
        Assert.StartsWith("all 3 disposables of the lease were given", refusal.Message);
    }

    [Fact]
    public async Task The_queue_grows_to_the_maximum_for_a_batch_and_no_further()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-policy", "adaptive");
        await PreloadAsync(max: 3, expected: 1);

        var lease = await BeginAsync(10);
        await Kernel.SettleAsync();
        Assert.Equal(3, (await Kernel.QueueAsync()).Length);

        // As it comes to its end, it needs fewer.
        for (var i = 0; i < 10; i++)
            await TakeAsync(lease);
        await Kernel.PassAsync(60);
        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Memory_bounds_a_batch_too()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-policy", "adaptive");
        await PreloadAsync(max: 4, expected: 1);
        World.AvailableBytes = 850L << 20;

        await BeginAsync(10);
        await Kernel.SettleAsync();

        // Two more of 400 MiB each.
        Assert.Equal(3, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task A_used_one_is_replaced_without_delay_while_a_batch_is_open_and_with_it_afterwards()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "50");
        await PreloadAsync(max: 2, expected: 0);
        await Kernel.PassAsync(51);
        var lease = await BeginAsync(3);

        await TakeAsync(lease);
        await Kernel.SettleAsync();
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        await Kernel.OnLoop(lease.End);
        await Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task What_a_batch_did_not_need_goes_by_and_by()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-policy", "adaptive");
        await PreloadAsync(max: 5, expected: 1);
        var lease = await BeginAsync(5);
        await Kernel.SettleAsync();
        Assert.Equal(5, (await Kernel.QueueAsync()).Length);

        await Kernel.OnLoop(lease.End);
        await Kernel.PassAsync(1);
        Assert.Equal(5, (await Kernel.QueueAsync()).Length);
        await Kernel.PassAsync(32);
        Assert.InRange((await Kernel.QueueAsync()).Length, 3, 4);
        await Kernel.PassAsync(200);

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Nothing_is_learnt_from_a_batch()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-policy", "adaptive");
        await PreloadAsync(max: 6, expected: 1);
        var lease = await BeginAsync(6);
        for (var i = 0; i < 6; i++)
            await TakeAsync(lease);

        await Kernel.PassAsync(31);

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Two_batches_take_turns_however_many_each_waits_for()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        var (many, few) = (await BeginAsync(20), await BeginAsync(2, by: "dom0"));
        var first = Enumerable.Range(0, 8).Select(_ => NextAsync(many)).ToList();
        await Kernel.SettleAsync();
        var others = new[] { NextAsync(few), NextAsync(few) };
        await Kernel.SettleAsync();
        Assert.Equal((8, 1), await PlaceAsync(many));
        Assert.Equal((2, 2), await PlaceAsync(few));

        // Two at a time: two of the many first, then one of each, and one of each again.
        await Kernel.PassAsync(31);

        Assert.Equal(4, first.Count(t => t.IsCompletedSuccessfully));
        Assert.All(others, t => Assert.True(t.IsCompletedSuccessfully));
        Assert.Equal(TimeSpan.FromSeconds(10), (await StandingAsync(many)).Wait);
        await Kernel.PassAsync(21);
        Assert.All(first, t => Assert.True(t.IsCompletedSuccessfully));
        Assert.Equal(10, (await Task.WhenAll(first.Concat(others))).Distinct().Count());
    }

    private async Task<(int Waiting, int Position)> PlaceAsync(Lease lease) =>
        await StandingAsync(lease) is var standing ? (standing.Waiting, standing.Position) : default;

    [Fact]
    public async Task A_single_request_goes_before_a_batch()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        var lease = await BeginAsync(8);
        var batch = Enumerable.Range(0, 6).Select(_ => NextAsync(lease)).ToList();
        await Kernel.PassAsync(8);

        var fresh = await Kernel.AcquireAsync();
        var single = Kernel.OnLoop(() => fresh.StartAsync(default));
        await Kernel.PassAsync(6.5);

        // Those that had begun are there; the next ones let it go first, for five seconds.
        Assert.Equal((2, 3), (batch.Count(t => t.IsCompleted), World.Hypervisor.Machines.Count));
        await Kernel.PassAsync(1);
        Assert.Equal(5, World.Hypervisor.Machines.Count);
        await Kernel.PassAsync(60);
        Assert.True(single.IsCompletedSuccessfully);
        Assert.All(batch, t => Assert.True(t.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task One_that_cannot_be_started_is_replaced_and_leaves_nothing()
    {
        var failures = 2;
        World.Hypervisor.Booting = (_, _) => failures-- > 0 ? throw new QubesException("no kernel") : Task.CompletedTask;
        var lease = await BeginAsync(2);

        var disposable = await TakeAsync(lease);

        Assert.Equal([disposable.Name], await Kernel.DisposablesAsync());
        Assert.Equal(1, (await StandingAsync(lease)).Given);
    }

    [Fact]
    public async Task An_error_of_one_is_told_and_the_batch_goes_on()
    {
        var fails = true;
        World.Hypervisor.Booting = (_, _) => fails ? throw new QubesException("no kernel") : Task.CompletedTask;
        var lease = await BeginAsync(1);

        Assert.Equal("no kernel", (await Assert.ThrowsAsync<QubesException>(() => TakeAsync(lease))).Message);
        fails = false;

        Assert.NotNull(await TakeAsync(lease));
        Assert.Equal(new(1, 1, 0, 0, null), await StandingAsync(lease) with { Wait = null });
    }

    [Fact]
    public async Task What_somebody_stopped_waiting_for_is_the_next_callers()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        var lease = await BeginAsync(1);
        using var leaving = new CancellationTokenSource();
        var left = NextAsync(lease, leaving.Token);
        await Kernel.PassAsync(3);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        var next = NextAsync(lease);
        await Kernel.PassAsync(8);

        Assert.True(next.IsCompletedSuccessfully);
        Assert.Single(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task Its_end_ends_what_is_on_its_way_and_leaves_what_was_given()
    {
        var lease = await BeginAsync(5);
        var given = await TakeAsync(lease);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        var waiting = Enumerable.Range(0, 4).Select(_ => NextAsync(lease)).ToList();
        await Kernel.PassAsync(1);

        await Kernel.OnLoop(lease.End);
        await Kernel.PassAsync(20);

        foreach (var task in waiting)
            Assert.Equal("the lease has ended: it was ended", (await Assert.ThrowsAsync<QubesException>(() => task)).Message);
        Assert.Equal([given.Name], await Kernel.DisposablesAsync());
        await Assert.ThrowsAsync<QubesException>(() => NextAsync(lease));
    }

    [Fact]
    public async Task It_ends_with_its_template_and_with_its_holder()
    {
        var (ofDvm2, ofWork) = (await BeginAsync(2, "dvm2", "dom0"), await BeginAsync(2));
        var given = await TakeAsync(ofWork);

        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm2"), default));
        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("work"), default));
        await Kernel.SettleAsync();

        Assert.Contains("its template was removed", (await Assert.ThrowsAsync<QubesException>(() => NextAsync(ofDvm2))).Message);
        Assert.Contains("its holder was removed", (await Assert.ThrowsAsync<QubesException>(() => NextAsync(ofWork))).Message);
        Assert.False(await Kernel.ExistsAsync(given.Name));
    }

    [Fact]
    public async Task It_is_not_waited_for_when_the_plugin_ends()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        var lease = await BeginAsync(5);
        var waiting = Enumerable.Range(0, 4).Select(_ => NextAsync(lease)).ToList();
        await Kernel.PassAsync(1);

        await Kernel.StopPluginAsync().WaitAsync(TimeSpan.FromSeconds(20));

        foreach (var task in waiting)
            await Assert.ThrowsAnyAsync<Exception>(() => task);
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task A_drained_template_preloads_nothing_for_a_batch_and_gives_all_the_same()
    {
        await PreloadAsync(2, 2);
        await Kernel.SetAsync("dvm", "preload-dispvm-drained", "1");
        await Kernel.SettleAsync();

        var lease = await BeginAsync(2);
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.QueueAsync());
        Assert.NotNull(await TakeAsync(lease));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task A_batch_has_one_to_a_thousand(int count) => await Assert.ThrowsAsync<InvalidValueException>(() => BeginAsync(count));

    [Fact]
    public async Task Nobody_holds_more_than_eight_and_a_place_is_free_when_one_ends()
    {
        var leases = new List<Lease>();
        for (var i = 0; i < BatchLeases.MostOfOneHolder; i++)
            leases.Add(await BeginAsync(1));

        Assert.Contains("8 of one holder", (await Assert.ThrowsAsync<QubesException>(() => BeginAsync(1))).Message);
        await BeginAsync(1, by: "dom0");
        await Kernel.OnLoop(leases[0].End);
        await BeginAsync(1);
    }

    [Fact]
    public async Task Only_a_disposable_template_has_batches() =>
        Assert.Contains("template_for_dispvms", (await Assert.ThrowsAsync<QubesException>(() => BeginAsync(1, "work"))).Message);

    private async Task PreloadAsync(int max, int expected)
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-max", $"{max}");
        await Kernel.SettleAsync();
        if (expected > 0)
            Assert.Equal(expected, (await Kernel.QueueAsync()).Length);
    }
}
