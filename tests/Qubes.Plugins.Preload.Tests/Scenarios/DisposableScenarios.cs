using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests.Scenarios;

/// <summary>Spec: preloaded disposables, section 13.1, as far as no other test has it (SCENARIOS.md).</summary>
public sealed class DisposableScenarios : PreloadTest
{
    [Fact]
    public async Task S13_1_03_a_request_gets_the_one_that_was_preloaded_and_started_once()
    {
        var name = Assert.Single(await PreloadAsync(1));
        await Kernel.OnLoop(() =>
        {
            var queued = Kernel.Qubes.Find(name);
            Assert.True(Kernel.Preloads.IsPreload(queued));
            Assert.True(queued.Properties.Get(QubeProperties.AutoCleanup));
            Assert.Equal("1", queued.Features["internal"]);
        });

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);

        Assert.Single(Kernel.Events, e => e.StartsWith($"{name} domain-spawn", StringComparison.Ordinal));
        Assert.Single(World.Hypervisor.Machines);
    }

    [Fact]
    public async Task S13_1_05_the_maximum_is_the_templates_or_for_the_default_template_the_hosts_if_there_is_one()
    {
        Assert.Equal((0, 0), await MaximaAsync());
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        Assert.Equal((1, 0), await MaximaAsync());
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "");
        Assert.Equal((0, 0), await MaximaAsync());
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "2");
        Assert.Equal((2, 0), await MaximaAsync());
    }

    [Fact]
    public async Task S13_1_06_an_empty_maximum_of_the_host_hides_the_default_template_only()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");
        await Kernel.SetAsync("dom0", "preload-dispvm-max", "");
        Assert.Equal((0, 1), await MaximaAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.System.Set(SystemProperties.DefaultDispvm, null));

        Assert.Equal((1, 1), await MaximaAsync());
    }

    [Fact]
    public async Task S13_1_18_another_netvm_differs_in_what_follows_from_it_too()
    {
        await Kernel.OnLoop(async () =>
        {
            var net = await Kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
            net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        });
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() =>
        {
            Kernel.Lives.TryFind(Kernel.Qubes.Find(name), out var preload);
            Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Netvm, Kernel.Qubes.Find("net"));
            var outdated = OutdatedTest.Reason(preload!);
            Assert.Equal("properties: dns, netvm, visible_netmask", $"{outdated}");
        });
    }

    [Fact]
    public async Task R16_what_is_discarded_twice_is_removed_once()
    {
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "1");
        var name = Assert.Single(await Kernel.QueueAsync("dvm2"));

        await Kernel.OnLoop(() =>
        {
            Kernel.Qubes.Find("dvm2").Features.Set("preload-dispvm-max", "0");
            Kernel.Qubes.Find("dvm2").Features.Remove("preload-dispvm-max");
            Kernel.Qubes.Find("dvm2").Properties.Set(QubeProperties.TemplateForDispvms, false);
        });
        await Kernel.SettleAsync();

        Assert.Single(Kernel.Events, $"- domain-delete vm={name}");
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task A_removal_that_fails_is_tried_again_until_it_works()
    {
        await PreloadAsync(1);
        World.Hypervisor.Killing = (_, _) => throw new Sdk.Errors.QubeException("stuck");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "0");
        await Kernel.PassAsync(60);
        Assert.Single(await Kernel.DisposablesAsync());

        World.Hypervisor.Killing = null;
        await Kernel.PassAsync(60);

        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Empty(await Kernel.OnLoop(() => Kernel.Lives.All));
    }

    private Task<(int, int)> MaximaAsync() =>
        Kernel.OnLoop(() => (Kernel.Settings.MaxOf(Kernel.Qubes.Find("dvm")), Kernel.Settings.MaxOf(Kernel.Qubes.Find("dvm2"))));
}
