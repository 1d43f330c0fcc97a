using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Refill;

/// <summary>Memory is spent once, whoever is filled at the same time, and shared out fairly where there is too little.</summary>
public sealed class GrantTests : PreloadTest
{
    private const long MiB = 1 << 20;
    private const long OneMachine = 400 * MiB;

    private async Task<(int, int)> LengthsAsync() => ((await Kernel.QueueAsync()).Length, (await Kernel.QueueAsync("dvm2")).Length);

    private Task FillBothAsync(int dvm, int dvm2) => Kernel.OnLoop(() =>
    {
        Kernel.Qubes.Find("dvm").Features.Set("preload-dispvm-max", $"{dvm}");
        Kernel.Qubes.Find("dvm2").Features.Set("preload-dispvm-max", $"{dvm2}");
    });

    [Fact]
    public async Task Two_templates_that_fill_at_once_do_not_spend_the_same_bytes()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        World.AvailableBytes = 3 * OneMachine;

        await FillBothAsync(2, 2);
        await Kernel.SettleAsync();
        var (first, second) = await LengthsAsync();

        Assert.Equal(3, first + second);
        Assert.Contains("granted to others", await Kernel.WhyNotFullAsync(first < 2 ? "dvm" : "dvm2"));
    }

    [Fact]
    public async Task What_the_threshold_keeps_is_kept_from_both()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        World.AvailableBytes = 4 * OneMachine - 1;
        await Kernel.SetAsync("dom0", "preload-dispvm-threshold", "400");

        await FillBothAsync(2, 2);
        await Kernel.SettleAsync();
        var (first, second) = await LengthsAsync();

        Assert.Equal(2, first + second);
    }

    [Fact]
    public async Task Who_lacked_what_others_were_granted_is_tried_again_when_they_have_started()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        World.AvailableBytes = 3 * OneMachine;

        await FillBothAsync(2, 2);
        await Kernel.PassAsync(10);

        // Here a machine that has started takes nothing of what is available.
        Assert.Equal((2, 2), await LengthsAsync());
    }

    [Fact]
    public async Task Memory_of_a_start_that_fails_is_others_again()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        World.AvailableBytes = OneMachine;
        World.Hypervisor.Booting = (machine, _) => World.Hypervisor.Machines.Count == 1 && machine.Id == 1 ? throw new IOException("no") : Task.CompletedTask;

        await FillBothAsync(1, 1);
        await Kernel.PassAsync(30);
        var (first, second) = await LengthsAsync();

        Assert.True(first + second >= 1);
        Kernel.TakeFaults();
    }

    [Fact]
    public async Task Who_holds_more_than_its_share_leaves_what_becomes_free_to_others()
    {
        World.AvailableBytes = 3 * OneMachine;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        World.AvailableBytes = 0;
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "3");
        Assert.Equal((3, 0), await LengthsAsync());

        // Somebody uses one and ends it.
        var used = await Kernel.AcquireAsync();
        World.AvailableBytes = OneMachine;
        await Kernel.OnLoop(() => used.KillAsync(default));
        await Kernel.PassAsync(30);

        var (first, second) = await LengthsAsync();
        Assert.Equal(2, first);
        Assert.True(second > 0);
        Assert.Contains("fair share", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task A_copy_costs_what_copies_were_seen_to_cost()
    {
        await Kernel.OnLoop(() => Kernel.Part<CopyCosts>().Note(Kernel.Qubes.Find("dvm"), new HostMemory(100 * 1024, 0, 0)));
        World.AvailableBytes = OneMachine;

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "9");

        Assert.Equal(4, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public Task What_a_copy_costs_is_the_most_of_the_last_ones_and_never_more_than_memory() => Kernel.OnLoop(() =>
    {
        var (costs, dvm) = (Kernel.Part<CopyCosts>(), Kernel.Qubes.Find("dvm"));
        Assert.Equal(OneMachine, costs.Of(dvm));
        foreach (var mib in new[] { 90, 100, 50, 60, 70 })
            costs.Note(dvm, new HostMemory(mib * 1024, 0, 0));
        Assert.Equal(100 * MiB, costs.Of(dvm));
        costs.Note(dvm, new HostMemory(80 * 1024, 0, 0));
        Assert.Equal(80 * MiB, costs.Of(dvm));
        costs.Note(dvm, new HostMemory(900 * 1024, 0, 0));
        Assert.Equal(OneMachine, costs.Of(dvm));
    });

    [Fact]
    public Task After_a_boot_or_with_another_memory_the_copies_before_say_nothing() => Kernel.OnLoop(() =>
    {
        var (costs, dvm) = (Kernel.Part<CopyCosts>(), Kernel.Qubes.Find("dvm"));
        costs.Note(dvm, new HostMemory(90 * 1024, 0, 0));
        dvm.Properties.Set(QubeProperties.Memory, 500);
        Assert.Equal(500 * MiB, costs.Of(dvm));
        costs.Note(dvm, new HostMemory(90 * 1024, 0, 0));
        Assert.Equal(90 * MiB, costs.Of(dvm));
        costs.Note(dvm, ofCopy: null);
        Assert.Equal(500 * MiB, costs.Of(dvm));
    });
}
