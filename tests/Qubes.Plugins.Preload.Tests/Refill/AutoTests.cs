using Qubes.Plugins.Preload.Tests.Worlds;

namespace Qubes.Plugins.Preload.Tests.Refill;

/// <summary>The delay <c>auto</c>: no waiting but for requests, and one after the other.</summary>
public sealed class AutoTests : PreloadTest
{
    [Fact]
    public async Task One_after_the_other_is_started_over_all_templates()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        foreach (var template in new[] { "dvm", "dvm2" })
        {
            await Kernel.SetAsync(template, "preload-dispvm-delay", "auto");
            await Kernel.SetAsync(template, "preload-dispvm-max", "2");
        }

        for (var ready = 1; ready <= 4; ready++)
        {
            Assert.Equal(ready, World.Hypervisor.Machines.Count);
            await Kernel.PassAsync(3);
        }

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        Assert.Equal(2, (await Kernel.QueueAsync("dvm2")).Length);
    }

    [Fact]
    public async Task With_a_number_they_are_started_side_by_side()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);

        await PreloadAsync(3);

        Assert.Equal(3, World.Hypervisor.Machines.Count);
    }

    [Fact]
    public async Task A_used_one_is_replaced_as_soon_as_it_is_gone()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        Assert.Single(await PreloadAsync(1));
        var used = await Kernel.AcquireAsync();
        await Kernel.PassAsync(9);
        Assert.Empty(await Kernel.QueueAsync());

        await Kernel.OnLoop(() => used.KillAsync(default));
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
        Assert.Contains(Kernel.Events, e => e.Contains("domain-preload-dispvm-used") && e.EndsWith("delay=0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_used_for_long_is_replaced_after_ten_seconds()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        var old = Assert.Single(await PreloadAsync(1));
        await Kernel.AcquireAsync();

        await Kernel.PassAsync(11);

        Assert.NotEqual(old, Assert.Single(await Kernel.QueueAsync()));
    }

    [Fact]
    public async Task The_hosts_auto_counts_where_the_template_has_no_delay()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-delay", "auto");
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        Assert.Single(World.Hypervisor.Machines);
        await Kernel.SetAsync("dvm2", "preload-dispvm-delay", "0");
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");

        Assert.Equal(3, World.Hypervisor.Machines.Count);
    }

    [Fact]
    public async Task Memory_that_is_given_back_is_used()
    {
        World.AvailableBytes = 0;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        Assert.NotNull(await Kernel.WhyNotFullAsync());

        World.AvailableBytes = 1L << 40;
        await Kernel.OnLoop(() => Kernel.Qubes.Find("work").StartAsync(default));
        await Kernel.OnLoop(() => Kernel.Qubes.Find("work").KillAsync(default));
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
        Assert.Null(await Kernel.WhyNotFullAsync());
    }
}
