using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Scenarios;

/// <summary>Spec: preloaded disposables, section 13.4, as far as no other test has it (SCENARIOS.md).</summary>
public sealed class IntegrationScenarios : PreloadTest
{
    [Fact]
    public async Task S13_4_09_preloads_that_are_asked_for_with_a_maximum_of_zero_are_not_made()
    {
        await FillAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_4_11_without_a_reading_and_with_too_little_memory_nothing_is_left_over_and_later_all_are_there()
    {
        World.AvailableBytes = null;
        World.Hypervisor.Booting = (machine, _) => machine.Spec.Class == QubeClass.DispVM
            ? throw new OutOfMemoryQubeException("too little memory")
            : Task.CompletedTask;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(World.Hypervisor.Machines);

        World.Hypervisor.Booting = null;
        await FillAsync();

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task S13_4_14_the_boot_units_call_fills_what_is_missing_and_keeps_the_rest()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "2");
        var queue = await Kernel.QueueAsync();
        await FillAsync();
        Assert.Equal(queue, await Kernel.QueueAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.Find(queue[0]).KillAsync(default));
        await FillAsync();

        var now = await Kernel.QueueAsync();
        Assert.Equal((2, queue[1]), (now.Length, now[0]));
    }

    [Fact]
    public async Task S13_4_15_the_hosts_maximum_and_the_templates_own_through_all_their_changes()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "1");
        await ExpectAsync(1, 0);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        await ExpectAsync(1, 0);
        await RemoveMaxAsync("dvm");
        await ExpectAsync(1, 0);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await RemoveMaxAsync("dom0");
        await ExpectAsync(2, 0);
        await RemoveMaxAsync("dvm");
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "1");
        await ExpectAsync(1, 0);
        await DefaultAsync("dvm2");
        await ExpectAsync(0, 1);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await ExpectAsync(2, 1);
        await DefaultAsync("dvm");
        await ExpectAsync(1, 0);
        await RemoveMaxAsync("dvm");
        await RemoveMaxAsync("dom0");
        await ExpectAsync(0, 0);
    }

    [Fact]
    public async Task S13_4_17_after_its_templates_private_volume_grew_a_queued_one_is_not_handed_out()
    {
        var old = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Volumes.ResizeAsync(Kernel.Qubes.Find("dvm").Volumes.First(v => v.Name == "private"), 3L << 30, default));

        Assert.NotEqual(old, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task S13_4_18_after_its_templates_netvm_changed_a_queued_one_is_not_handed_out_and_the_queue_is_filled_anew()
    {
        var old = Assert.Single(await PreloadAsync(1));
        await Kernel.OnLoop(async () =>
        {
            var net = await Kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
            net.Properties.Set(QubeProperties.ProvidesNetwork, true);
            Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Netvm, net);
        });

        Assert.NotEqual(old, (await Kernel.AcquireAsync()).Name);
        await Kernel.PassAsync(31);

        Assert.NotEqual(old, Assert.Single(await Kernel.QueueAsync()));
    }

    private Task FillAsync() =>
        Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default)), 60);

    private async Task ExpectAsync(int ofFirst, int ofSecond) =>
        Assert.Equal((ofFirst, ofSecond), ((await Kernel.QueueAsync()).Length, (await Kernel.QueueAsync("dvm2")).Length));

    private async Task RemoveMaxAsync(string qube)
    {
        await Kernel.OnLoop(() => Kernel.Qubes.Find(qube).Features.Remove("preload-dispvm-max"));
        await Kernel.SettleAsync();
    }

    private async Task DefaultAsync(string template)
    {
        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultDispvm, Kernel.Qubes.Find(template)));
        await Kernel.SettleAsync();
    }
}
