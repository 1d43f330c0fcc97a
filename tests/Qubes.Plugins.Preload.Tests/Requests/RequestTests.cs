using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Requests;

/// <summary>Spec: preloaded disposables, sections 4.2 and 12.</summary>
public sealed class RequestTests : PreloadTest
{
    [Fact]
    public async Task S13_4_12_and_R1_as_many_requests_as_preloads_get_a_different_one_each_and_the_queue_is_filled_anew()
    {
        var queue = await PreloadAsync(3);

        var got = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Kernel.AcquireAsync()));

        Assert.Equal(queue.Order(), got.Select(q => q.Name).Order());
        await Kernel.PassAsync(6);
        Assert.Equal(3, (await Kernel.QueueAsync()).Except(queue).Count());
    }

    [Fact]
    public async Task The_oldest_comes_first()
    {
        var queue = await PreloadAsync(2);

        Assert.Equal(queue[0], (await Kernel.AcquireAsync()).Name);
        Assert.Equal(queue[1], (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task One_more_request_than_there_are_preloads_gets_a_fresh_one_that_is_not_started()
    {
        await PreloadAsync(1);

        var all = await Task.WhenAll(Kernel.AcquireAsync(), Kernel.AcquireAsync());

        Assert.Equal([PowerState.Halted, PowerState.Running], await Kernel.OnLoop(() => all.Select(q => q.PowerState).Order().ToArray()));
    }

    [Fact]
    public async Task S13_4_13_and_R2_one_that_was_requested_survives_a_lower_maximum()
    {
        await PreloadAsync(2);
        var request = Kernel.AcquireAsync();
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "0");

        var got = await request;

        Assert.Equal(PowerState.Running, await Kernel.StateAsync(got.Name));
        Assert.Equal([got.Name], await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_4_07_and_R3_one_that_boots_is_awaited_and_neither_checked_nor_paused()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        var name = Assert.Single(await PreloadAsync(1));
        var request = Kernel.AcquireAsync();
        await Kernel.PassAsync(4);
        Assert.False(request.IsCompleted);

        await Kernel.PassAsync(1.5);

        Assert.Equal(name, (await request).Name);
        Assert.Empty(World.Guests.Calls);
        Assert.Equal(0, World.Hypervisor.MachineOf(name).Pauses);
        Assert.Equal("1", await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Features["preload-dispvm-completed"]));
    }

    [Fact]
    public async Task R3_a_request_ends_the_wait_for_services()
    {
        World.Guests.Serving = (_, _, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel).ContinueWith(
            _ => new GuestServiceResult(0, default), TaskScheduler.Default);
        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
        Assert.Equal(0, World.Hypervisor.MachineOf(name).Pauses);
    }

    [Fact]
    public async Task R4_a_request_ends_the_preparation_of_a_pause()
    {
        var shrinks = new TaskCompletionSource();
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubePausing>((_, cancel) => shrinks.Task.WaitAsync(cancel)));
        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
        Assert.Equal(0, World.Hypervisor.MachineOf(name).Pauses);
    }

    [Fact]
    public async Task R10_one_that_was_killed_is_never_handed_out_and_is_replaced()
    {
        var name = Assert.Single(await PreloadAsync(1));

        World.Hypervisor.MachineOf(name).End(MachineState.Crashed);
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.QueueAsync());
        Assert.False(await Kernel.ExistsAsync(name));
        await Kernel.PassAsync(5.5);
        Assert.NotEqual(name, Assert.Single(await Kernel.QueueAsync()));
    }

    [Fact]
    public async Task R17_names_that_stand_for_nothing_do_not_break_a_request()
    {
        var name = Assert.Single(await PreloadAsync(1));
        await Kernel.ForceQueueAsync("dvm", "disp-gone work " + name);

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
        Assert.Equal(PowerState.Halted, await Kernel.StateAsync((await Kernel.AcquireAsync()).Name));
    }

    [Fact]
    public async Task R18_a_start_that_fails_after_the_request_costs_no_time()
    {
        var boot = new TaskCompletionSource();
        World.Hypervisor.Booting = (_, _) => boot.Task;
        var name = Assert.Single(await PreloadAsync(1));
        var request = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        boot.SetException(new QubeException("broken"));

        Assert.NotEqual(name, (await request).Name);
        await Kernel.SettleAsync();
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task A_request_falls_over_to_the_next_one_when_the_first_does_not_go_on()
    {
        var queue = await PreloadAsync(2);
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubeUnpausing>((e, _) =>
            e.Qube.Name == queue[0] ? throw new QubeException("stuck") : Task.CompletedTask));

        Assert.Equal(queue[1], (await Kernel.AcquireAsync()).Name);
        await Kernel.PassAsync(2.5);
        Assert.False(await Kernel.ExistsAsync(queue[0]));
    }

    [Fact]
    public async Task A_boot_that_takes_too_long_is_given_up_after_72_seconds()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(1000);
        var name = Assert.Single(await PreloadAsync(1));
        World.Hypervisor.BootTime = TimeSpan.Zero;
        var request = Kernel.AcquireAsync();
        await Kernel.PassAsync(71.5);
        Assert.False(request.IsCompleted);

        await Kernel.PassAsync(1);

        Assert.NotEqual(name, (await request).Name);
        await Kernel.PassAsync(2.5);
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task One_whose_caller_went_away_is_discarded()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        var name = Assert.Single(await PreloadAsync(1));
        using var caller = new CancellationTokenSource();
        var request = Kernel.AcquireAsync(cancel: caller.Token);
        await Kernel.SettleAsync();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Kernel.PassAsync(3);
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task Another_templates_preload_is_not_handed_out()
    {
        var name = Assert.Single(await PreloadAsync(1));

        var got = await Kernel.AcquireAsync("dvm2");

        Assert.Equal("dvm2", got.Template!.Name);
        Assert.Equal([name], await Kernel.QueueAsync());
    }

    [Fact]
    public async Task One_that_was_paused_is_told_the_time()
    {
        await PreloadAsync(1);
        await Kernel.PassAsync(3600);

        var got = await Kernel.AcquireAsync();

        Assert.Equal((got.Name, World.Clock.GetUtcNow()), Assert.Single(World.Guests.Clocks));
    }

    [Fact]
    public async Task Start_of_a_handed_out_one_does_nothing()
    {
        await PreloadAsync(1);
        var got = await Kernel.AcquireAsync();

        await Kernel.OnLoop(() => got.StartAsync(default));

        Assert.Equal(PowerState.Running, await Kernel.StateAsync(got.Name));
    }

    [Fact]
    public async Task Killing_a_used_one_removes_it()
    {
        await PreloadAsync(1);
        var got = await Kernel.AcquireAsync();

        await Kernel.OnLoop(() => got.KillAsync(default));

        Assert.False(await Kernel.ExistsAsync(got.Name));
    }

    [Fact]
    public async Task An_outdated_one_is_not_served_and_gone_two_seconds_later()
    {
        var name = Assert.Single(await PreloadAsync(1));
        await Kernel.OnLoop(() => Kernel.Volumes.ResizeAsync(
            Kernel.Qubes.Find("dvm").Volumes.First(v => v.Name == "private"), 3L << 30, default));

        Assert.NotEqual(name, (await Kernel.AcquireAsync()).Name);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1.5);
        Assert.True(await Kernel.ExistsAsync(name));
        await Kernel.PassAsync(1);
        Assert.False(await Kernel.ExistsAsync(name));
        await Kernel.PassAsync(3);
        Assert.Single(await Kernel.QueueAsync());
    }
}
