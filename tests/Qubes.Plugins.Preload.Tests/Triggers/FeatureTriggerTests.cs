using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests.Triggers;

/// <summary>Spec: preloaded disposables, section 6, triggers 1 to 6; scenarios 13.2.6, 13.2.7, 13.3.10, 13.3.11, 13.3.13, 13.4.15.</summary>
public sealed class FeatureTriggerTests : PreloadTest
{
    [Fact]
    public async Task S13_2_07_and_trigger_1_setting_the_maximum_starts_once()
    {
        await PreloadAsync(2);

        Assert.Single(Starts());
    }

    [Fact]
    public async Task S13_2_07_and_trigger_1_does_nothing_where_disposables_are_not_allowed()
    {
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm2").Properties.Set(QubeProperties.TemplateForDispvms, false));

        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");

        Assert.Empty(Starts("dvm2"));
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_2_06_and_trigger_2_the_templates_own_maximum_does_not_count_while_the_hosts_does()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "1");
        Kernel.Events.Clear();

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Remove("preload-dispvm-max"));
        await Kernel.SettleAsync();

        Assert.Empty(Starts());
        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S13_2_06_and_trigger_3_without_a_maximum_all_go()
    {
        await PreloadAsync(2);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Remove("preload-dispvm-max"));
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_3_13_and_trigger_4_the_hosts_maximum_counts_for_the_default_template_and_only_when_it_changes()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "2");
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "2");

        Assert.Single(Starts());
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        Assert.Empty(await Kernel.QueueAsync("dvm2"));
    }

    [Fact]
    public async Task S13_2_03_and_trigger_4_an_empty_maximum_of_the_host_is_zero()
    {
        await PreloadAsync(2);

        await Kernel.SetAsync("dom0", "preload-dispvm-max", "");

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_3_13_and_trigger_5_without_the_hosts_maximum_the_templates_own_counts_again()
    {
        await PreloadAsync(1);
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "3");
        Assert.Equal(3, (await Kernel.QueueAsync()).Length);

        await Kernel.OnLoop(() => Kernel.Qubes.AdminVm.Features.Remove("preload-dispvm-max"));
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S13_3_11_trigger_6_and_R12_the_hosts_maximum_moves_with_the_default_template()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "2");
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");
        Assert.Equal((2, 1), await LengthsAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultDispvm, Kernel.Qubes.Find("dvm2")));
        await Kernel.SettleAsync();
        Assert.Equal((0, 2), await LengthsAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.System.Reset("default_dispvm"));
        await Kernel.SettleAsync();
        Assert.Equal((0, 1), await LengthsAsync());
    }

    [Fact]
    public async Task S13_3_10_S13_3_11_and_trigger_6_asks_only_those_for_which_it_makes_a_difference()
    {
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "1");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        Kernel.Events.Clear();

        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultDispvm, Kernel.Qubes.Find("dvm2")));
        await Kernel.SettleAsync();

        Assert.Empty(Starts());
        Assert.Single(Starts("dvm2"));
    }

    private async Task<(int, int)> LengthsAsync() => ((await Kernel.QueueAsync()).Length, (await Kernel.QueueAsync("dvm2")).Length);

    private IEnumerable<string> Starts(string template = "dvm") =>
        Kernel.Events.Where(e => e.StartsWith(template + " domain-preload-dispvm-start", StringComparison.Ordinal));
}
