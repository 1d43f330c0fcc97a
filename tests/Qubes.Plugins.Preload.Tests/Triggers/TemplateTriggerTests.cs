using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Triggers;

/// <summary>Spec: preloaded disposables, section 6, triggers 10 to 19; scenarios 13.2.9, 13.2.10, 13.3.9, 13.4.16, 13.4.18.</summary>
public sealed class TemplateTriggerTests : PreloadTest
{
    [Theory]
    [InlineData("tmpl")]
    [InlineData("dvm")]
    public async Task S13_4_16_triggers_10_and_11_what_was_committed_replaces_the_queue_after_four_seconds(string started)
    {
        var queue = await PreloadAsync(2);
        await Kernel.OnLoop(() => Kernel.Qubes.Find(started).StartAsync(default));
        Assert.Equal(queue, await Kernel.QueueAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.Find(started).ShutdownAsync(force: true, wait: true, default));
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.QueueAsync());
        Assert.Empty(await Kernel.DisposablesAsync());
        await Kernel.PassAsync(3.5);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1);
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task Trigger_12_a_setting_that_counts_replaces_the_queue_after_thirty_seconds()
    {
        var queue = await PreloadAsync(1);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Write("debug", "True"));
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
        await Kernel.PassAsync(29);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(2);
        Assert.Empty(queue.Intersect(await Kernel.QueueAsync()));
        Assert.Single(await Kernel.QueueAsync());
    }

    [Theory]
    [InlineData("autostart", "True")]
    [InlineData("include_in_backups", "False")]
    [InlineData("backup_timestamp", "1")]
    public async Task Trigger_12_a_setting_that_does_not_count_changes_nothing(string property, string value)
    {
        var queue = await PreloadAsync(1);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Write(property, value));
        await Kernel.SettleAsync();

        Assert.Equal(queue, await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Trigger_12a_a_setting_that_is_inherited_replaces_the_queue()
    {
        await PreloadAsync(1);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").Properties.Write("memory", "700"));
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task Trigger_12b_a_default_of_the_system_that_is_inherited_replaces_the_queue()
    {
        await Kernel.OnLoop(async () =>
        {
            var net = await Kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
            net.Properties.Set(QubeProperties.ProvidesNetwork, true);
            net.Properties.Set(QubeProperties.Netvm, null);
        });
        await PreloadAsync(1);

        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultNetvm, Kernel.Qubes.Find("net")));
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_2_09_triggers_13_and_14_another_template_discards_all_and_starts_anew()
    {
        var queue = await PreloadAsync(2);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Template, Kernel.Qubes.Find("other")));
        await Kernel.SettleAsync();

        var now = await Kernel.QueueAsync();
        Assert.Equal(2, now.Length);
        Assert.Empty(now.Intersect(queue));
        Assert.Equal(now.Order(), (await Kernel.DisposablesAsync()).Order());
    }

    [Fact]
    public async Task S13_2_09_and_trigger_13_is_refused_while_one_is_used_and_nothing_is_done()
    {
        await PreloadAsync(1);
        await Kernel.AcquireAsync();
        await Kernel.PassAsync(4);
        var queue = await Kernel.QueueAsync();

        await Assert.ThrowsAsync<QubeInUseException>(
            () => Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Template, Kernel.Qubes.Find("other"))));

        Assert.Equal(queue, await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S13_2_10_and_trigger_15_without_template_for_dispvms_all_go()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");

        await AllowAsync("dvm2", false);

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_1_10_and_trigger_15_is_refused_while_one_is_used()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");
        await Kernel.AcquireAsync("dvm2");

        await Assert.ThrowsAsync<QubeInUseException>(() => AllowAsync("dvm2", false));
    }

    [Fact]
    public async Task S13_2_10_and_trigger_16_allowed_again_it_is_filled_again()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");
        await AllowAsync("dvm2", false);

        await AllowAsync("dvm2", true);

        Assert.Equal(2, (await Kernel.QueueAsync("dvm2")).Length);
    }

    [Fact]
    public async Task R11_ones_that_are_being_discarded_do_not_hold_up_either()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");

        await Kernel.OnLoop(() =>
        {
            Kernel.Qubes.Find("dvm2").Features.Remove("preload-dispvm-max");
            Kernel.Qubes.Find("dvm2").Properties.Set(QubeProperties.TemplateForDispvms, false);
        });
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S13_3_09_and_trigger_19_preloads_go_with_their_template()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");
        await Kernel.PassAsync(6);
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "3");

        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm2"), default));

        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(World.Hypervisor.Machines);
        await Kernel.PassAsync(40);
        Assert.Empty(await Kernel.DisposablesAsync());
        Kernel = await Kernel.CrashAsync();
    }

    [Fact]
    public async Task S13_3_09_a_template_stays_while_one_of_its_disposables_is_used()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");
        await Kernel.AcquireAsync("dvm2");

        await Assert.ThrowsAsync<QubeInUseException>(() => Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm2"), default)));

        Assert.Single(await Kernel.QueueAsync("dvm2"));
    }

    [Fact]
    public async Task Trigger_21_one_that_is_removed_while_it_is_made_leaves_the_queue()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).KillAsync(default));
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.QueueAsync());
        Assert.NotNull(await Kernel.WhyNotFullAsync());
    }

    private async Task AllowAsync(string template, bool allowed)
    {
        await Kernel.OnLoop(() => Kernel.Qubes.Find(template).Properties.Set(QubeProperties.TemplateForDispvms, allowed));
        await Kernel.SettleAsync();
    }
}
