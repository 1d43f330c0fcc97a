using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Status;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Arbitration;

/// <summary>The plugin under memory pressure.</summary>
public sealed class ArbiterTests : PreloadTest
{
    private async Task PressAsync(MemoryPressure pressure)
    {
        World.Pressure = pressure;
        await Kernel.OnLoop(() => Kernel.Bus.Fire(new HostMemoryPressureChanged(pressure)));
        await Kernel.SettleAsync();
    }

    private async Task<int> LengthAsync(string template = "dvm") => (await Kernel.QueueAsync(template)).Length;

    [Fact]
    public async Task Pools_give_way_one_by_one_and_say_why_and_come_back()
    {
        await PreloadAsync(3);

        await PressAsync(MemoryPressure.High);
        Assert.Equal(2, await LengthAsync());
        Assert.Contains("short of memory", await Kernel.WhyNotFullAsync());
        await Kernel.PassAsync(2.5);
        Assert.Equal(1, await LengthAsync());
        await Kernel.PassAsync(60);
        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(World.Hypervisor.Machines);

        await PressAsync(MemoryPressure.None);
        Assert.Contains("come back", await Kernel.WhyNotFullAsync());
        await Kernel.PassAsync(9);
        Assert.Equal(0, await LengthAsync());
        await Kernel.PassAsync(2);
        Assert.Equal(1, await LengthAsync());
        await Kernel.PassAsync(10);
        Assert.Equal(3, await LengthAsync());
        Assert.Null(await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task What_was_given_up_is_counted_by_its_reason()
    {
        await PreloadAsync(1);

        await PressAsync(MemoryPressure.High);

        var record = await Kernel.OnLoop(() => Kernel.Part<PreloadRecords>().Of(Kernel.Qubes.Find("dvm")));
        Assert.Equal(1, record.Discards[DiscardKind.ShortOfMemory]);
        Assert.Contains(Kernel.Part<History>().All, m => m is { Kind: "discarded", Detail: "the host is short of memory" });
    }

    [Fact]
    public async Task One_of_the_pool_with_more_than_its_share_goes_first()
    {
        await PreloadAsync(1);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "3");

        await PressAsync(MemoryPressure.High);

        Assert.Equal((1, 2), (await LengthAsync(), await LengthAsync("dvm2")));
    }

    [Fact]
    public async Task Weights_count()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-weight", "1000");
        await PreloadAsync(3);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");

        await PressAsync(MemoryPressure.High);

        Assert.Equal((3, 1), (await LengthAsync(), await LengthAsync("dvm2")));
    }

    [Fact]
    public async Task One_that_is_requested_is_its_callers()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(30);
        await PreloadAsync(1);
        var request = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        await PressAsync(MemoryPressure.High);
        await Kernel.FinishAsync(request);

        Assert.Equal(PowerState.Running, (await request).PowerState);
        Assert.Equal(0, await LengthAsync());
    }

    [Fact]
    public async Task Requests_are_served_from_what_is_left()
    {
        var queue = await PreloadAsync(2);
        await PressAsync(MemoryPressure.Tight);

        Assert.Contains((await Kernel.AcquireAsync()).Name, queue);
        await Kernel.PassAsync(30);
        Assert.Equal(1, await LengthAsync());

        await PressAsync(MemoryPressure.None);
        await Kernel.PassAsync(20);
        Assert.Equal(2, await LengthAsync());
    }

    [Fact]
    public async Task While_memory_is_tight_nobody_who_asks_gets_one_more_made()
    {
        await PressAsync(MemoryPressure.Tight);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
        await Kernel.PassAsync(30);

        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Contains("little memory", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task A_replacement_is_something_new_too()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        var queue = await PreloadAsync(1);
        await PressAsync(MemoryPressure.Tight);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Write("label", "blue"));
        await Kernel.PassAsync(30);
        Assert.Equal(queue, await Kernel.QueueAsync());

        await PressAsync(MemoryPressure.None);
        await Kernel.PassAsync(60);
        Assert.NotEqual(queue, await Kernel.QueueAsync());
        Assert.Equal(1, await LengthAsync());
    }

    [Fact]
    public async Task A_broker_that_is_gone_is_no_reason_to_stay_short()
    {
        await PreloadAsync(2);
        await PressAsync(MemoryPressure.High);
        await Kernel.PassAsync(10);
        World.IsBroker = false;
        await Kernel.OnLoop(World.Change);
        await Kernel.PassAsync(30);

        Assert.Equal(2, await LengthAsync());
    }

    [Fact]
    public async Task Pressure_that_is_there_when_the_daemon_starts_counts()
    {
        await PreloadAsync(2);
        World.Pressure = MemoryPressure.High;

        Kernel = await Kernel.CrashAsync();
        await Kernel.PassAsync(10);

        Assert.Equal(0, await LengthAsync());
        Assert.Empty(World.Hypervisor.Machines);
    }

    [Fact]
    public async Task A_machine_that_does_not_end_does_not_hold_up_the_next_one()
    {
        await PreloadAsync(2);
        World.Hypervisor.Killing = (_, cancel) => Task.Delay(TimeSpan.FromMinutes(1), World.Clock, cancel);

        await PressAsync(MemoryPressure.High);
        await Kernel.PassAsync(15);
        Assert.Equal(0, await LengthAsync());

        World.Hypervisor.Killing = null;
        await Kernel.PassAsync(200);
        Assert.Empty(World.Hypervisor.Machines);
    }

    [Fact]
    public async Task The_plugin_ends_while_it_waits()
    {
        await PreloadAsync(2);
        await PressAsync(MemoryPressure.High);

        var stopped = Kernel.StopPluginAsync();
        await Kernel.FinishAsync(stopped, mostSeconds: 5);
    }
}
