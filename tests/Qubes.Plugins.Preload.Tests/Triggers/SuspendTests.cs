using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests.Triggers;

/// <summary>Spec: preloaded disposables, section 6, triggers 17 and 18, and section 11.</summary>
public sealed class SuspendTests : PreloadTest
{
    [Fact]
    public async Task S13_3_15_triggers_17_and_18_none_is_there_while_the_host_sleeps_and_all_are_when_it_has_resumed()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");
        await PreloadAsync(2);

        await SuspendAsync();
        Assert.Empty(await Kernel.DisposablesAsync());
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        await Kernel.PassAsync(60);
        Assert.Empty(await Kernel.DisposablesAsync());
        await Kernel.OnLoop(() => Kernel.Bus.Fire(new HostResumed()));
        await Kernel.SettleAsync();

        Assert.Equal(3, (await Kernel.QueueAsync()).Length);
        Assert.Single(await Kernel.QueueAsync("dvm2"));
    }

    [Fact]
    public async Task R19_ones_that_are_being_removed_are_gone_before_the_host_sleeps_and_used_ones_stay()
    {
        var used = await UseOneOfAsync(3);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Set("preload-dispvm-max", "1"));

        await SuspendAsync();

        Assert.Equal([used.Name], await Kernel.DisposablesAsync());
        Assert.Equal(PowerState.Running, await Kernel.StateAsync(used.Name));
    }

    [Fact]
    public async Task One_that_starts_is_gone_before_the_host_sleeps()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        await PreloadAsync(1);

        await SuspendAsync();

        Assert.Empty(World.Hypervisor.Machines);
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    private async Task<IQube> UseOneOfAsync(int count)
    {
        await PreloadAsync(count);
        return await Kernel.AcquireAsync();
    }

    private Task SuspendAsync() => Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Bus.FireAsync(new HostSuspending(), default)), 5);
}
