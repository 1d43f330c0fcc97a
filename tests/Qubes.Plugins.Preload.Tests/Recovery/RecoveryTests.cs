using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Recovery;

/// <summary>Spec: preloaded disposables, section 7: a row of its table each.</summary>
public sealed class RecoveryTests : PreloadTest
{
    [Fact]
    public async Task Ready_and_still_paused_is_kept_and_handed_out_and_never_started_again()
    {
        var name = Assert.Single(await PreloadAsync(1));
        var machine = World.Hypervisor.MachineOf(name).Id;

        await RestartAsync();

        Assert.Equal([name], await Kernel.QueueAsync());
        Assert.Equal("True", await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Properties.Read("is_preload").Text));
        var got = await Kernel.AcquireAsync();
        Assert.Equal((name, machine), (got.Name, World.Hypervisor.MachineOf(name).Id));
        Assert.Equal(PowerState.Running, await Kernel.StateAsync(name));
        Assert.DoesNotContain(Kernel.Events, e => e.Contains("domain-pre-start"));
    }

    [Fact]
    public async Task One_that_was_booting_is_removed()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        await PreloadAsync(1);

        await RestartAsync();

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task One_whose_services_were_awaited_is_removed()
    {
        World.Guests.Serving = (_, _, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel)
            .ContinueWith(_ => new Sdk.Guests.GuestServiceResult(0, default), TaskScheduler.Default);
        await PreloadAsync(1);

        await RestartAsync();

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task One_that_was_requested_and_not_handed_over_is_removed()
    {
        await PreloadAsync(1);
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubeUnpausing>((_, _) => new TaskCompletionSource().Task));
        _ = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        await RestartAsync();

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_ready_one_whose_machine_ended_meanwhile_is_removed()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await RestartAsync(() => World.Hypervisor.MachineOf(name).End(MachineState.Stopped));

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_ready_one_that_somebody_let_run_meanwhile_is_removed()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await RestartAsync(() => World.Hypervisor.MachineOf(name).ResumeAsync(default));

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task One_that_was_discarded_and_not_gone_is_removed()
    {
        var name = Assert.Single(await PreloadAsync(1));
        // Found outdated by a request, it has two seconds left.
        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Properties.Write("debug", "True"));
        var fresh = await Kernel.AcquireAsync();
        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(fresh, default));
        Assert.Single(World.Hypervisor.Machines);

        await RestartAsync();

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Used_ones_are_left_alone_requested_or_not()
    {
        var queue = await PreloadAsync(2);
        await Kernel.AcquireAsync();
        await Kernel.OnLoop(() => Kernel.Qubes.Find(queue[1]).UnpauseAsync(default));
        await Kernel.SettleAsync();

        await RestartAsync();

        Assert.Equal(queue.Order(), (await Kernel.DisposablesAsync()).Order());
        Assert.Equal("False", await Kernel.OnLoop(() => Kernel.Qubes.Find(queue[1]).Properties.Read("is_preload").Text));
    }

    [Fact]
    public async Task After_a_restart_of_the_host_stale_names_are_dropped_and_the_boot_unit_refills()
    {
        await PreloadAsync(2);

        await RestartAsync(() =>
        {
            foreach (var machine in World.Hypervisor.Machines)
                machine.End(MachineState.Stopped);
        });

        await AssertNothingIsLeftAsync();
        Assert.DoesNotContain(Kernel.Events, e => e.Contains("domain-preload-dispvm-start"));
        await Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task What_a_maximum_that_was_lowered_meanwhile_leaves_over_is_discarded()
    {
        var queue = await PreloadAsync(3);

        // As when the daemon is killed between the feature's turn and that of its discards.
        await RestartAsync(() => Kernel.WriteState("UPDATE feature SET value = '1' WHERE name = 'preload-dispvm-max'"));
        await Kernel.PassAsync(10);

        Assert.Single((await Kernel.QueueAsync()).Intersect(queue));
        Assert.Single(World.Hypervisor.Machines);
    }

    private async Task RestartAsync(Action? whileAway = null)
    {
        World.Guests.Serving = null;
        Kernel = await Kernel.CrashAsync(whileAway);
        World.Hypervisor.BootTime = TimeSpan.Zero;
        await Kernel.SettleAsync();
    }

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(await Kernel.QueueAsync());
        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(World.Hypervisor.Machines);
        Assert.DoesNotContain(World.Pools.Pools["varlibqubes"].Existing, vid => vid.Contains("disp", StringComparison.Ordinal));
    }
}
