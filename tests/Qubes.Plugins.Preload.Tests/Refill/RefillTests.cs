using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Refill;

/// <summary>Spec: preloaded disposables, section 5.</summary>
public sealed class RefillTests : PreloadTest
{
    private const long OneMachine = 400L << 20;

    [Fact]
    public async Task S13_1_02_nothing_is_preloaded_for_a_maximum_of_zero()
    {
        await PreloadAsync(0);

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_4_10_low_memory_starts_as_many_as_fit_and_says_why()
    {
        World.AvailableBytes = OneMachine;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Single(await Kernel.QueueAsync());
        Assert.Contains("400 MiB", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task S13_2_08_and_S13_4_10_what_the_threshold_keeps_free_is_not_used()
    {
        World.AvailableBytes = 2 * OneMachine;
        await Kernel.SetAsync("dom0", "preload-dispvm-threshold", "400");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S5_1_without_a_reading_all_are_started()
    {
        World.AvailableBytes = null;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task S5_1_one_that_misses_a_service_is_refused_to_who_awaits_it()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").Features.Remove("supported-rpc.qubes.WaitForSession"));

        var refusal = await Assert.ThrowsAsync<InvalidValueException>(
            () => Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default)));

        Assert.Contains("qubes.WaitForSession", refusal.Message);
    }

    [Fact]
    public async Task S13_1_04_and_S5_2_a_gap_is_filled_five_seconds_after_a_request_found_it()
    {
        World.AvailableBytes = 0;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        World.AvailableBytes = 1L << 40;

        await Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        Assert.Contains(Kernel.Events, e => e.StartsWith("dvm domain-preload-dispvm-start", StringComparison.Ordinal) && e.EndsWith("delay=5", StringComparison.Ordinal));
        await Kernel.PassAsync(4.5);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1);
        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S5_3_a_lower_maximum_keeps_the_oldest()
    {
        var queue = await PreloadAsync(3);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        Assert.Equal([queue[0]], await Kernel.QueueAsync());
        Assert.Equal([queue[0]], await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S5_3_names_that_stand_for_nothing_are_dropped()
    {
        var queue = await PreloadAsync(1);
        await Kernel.ForceQueueAsync("dvm", "disp-gone " + queue[0]);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        Assert.Equal(queue, await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S5_4_a_used_one_is_replaced_after_three_seconds()
    {
        await PreloadAsync(1);

        await Kernel.AcquireAsync();

        await Kernel.PassAsync(2.5);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1);
        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S5_4_a_negative_delay_waits_until_the_queue_is_empty()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "-1.5");
        await PreloadAsync(2);

        await Kernel.AcquireAsync();
        await Kernel.PassAsync(10);
        Assert.Single(await Kernel.QueueAsync());
        await Kernel.AcquireAsync();
        await Kernel.PassAsync(1);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1);
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task S2_1_an_empty_delay_is_none_and_the_hosts_counts_where_the_template_has_none()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-delay", "");
        await PreloadAsync(1);

        await Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
        Assert.Contains(Kernel.Events, e => e.Contains("domain-preload-dispvm-used") && e.EndsWith("delay=0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R6_overlapping_refills_never_exceed_the_maximum()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await PreloadAsync(2);
        for (var i = 0; i < 3; i++)
        {
            _ = Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
            await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        }

        Assert.Equal(2, (await Kernel.DisposablesAsync()).Length);
        await Kernel.PassAsync(20);
        Assert.Equal(2, (await Kernel.DisposablesAsync()).Length);
    }

    [Fact]
    public async Task R15_what_changed_during_a_delay_counts_after_it()
    {
        await PreloadAsync(1);
        await Kernel.AcquireAsync();
        await Kernel.PassAsync(1);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "0");

        await Kernel.PassAsync(10);

        Assert.Empty(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Switching_preloading_off_while_one_starts_leaves_nothing()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(30);
        await PreloadAsync(2);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "");

        Assert.Empty(World.Hypervisor.Machines);
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_3_06_preloading_twice_what_is_there_already_changes_nothing()
    {
        var queue = await PreloadAsync(1);

        await Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));
        await Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default));

        Assert.Equal(queue, await Kernel.QueueAsync());
        Assert.Equal(queue, await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_1_07_what_is_no_disposable_template_is_refused() =>
        await Assert.ThrowsAsync<QubesException>(() => Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("work"), default)));
}
