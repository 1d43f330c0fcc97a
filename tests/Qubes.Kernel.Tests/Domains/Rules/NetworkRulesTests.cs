using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Tests.Domains.Rules;

public sealed class NetworkRulesTests : RulesFixture
{
    [Fact]
    public Task Who_provides_a_network_is_marked_as_a_service() => Kernel.OnLoop(() =>
    {
        Write("work", "provides_network", "True");
        Assert.Equal(("1", "servicevm-red"), (Work.Features["servicevm"], Work.Properties.Read("icon").Text));
        Assert.Contains("work/property-reset:icon", Kernel.Events);

        Work.Properties.Reset("provides_network");
        Assert.DoesNotContain("servicevm", Work.Features.Keys);
    });

    [Fact]
    public Task Followers_of_the_default_are_asked_before_and_told_after() => Kernel.OnLoop(async () =>
    {
        var net = await CreateAsync(QubeClass.AppVM, "net");
        net.Properties.Set(QubeProperties.Netvm, null);
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Kernel.Events.Clear();
        Qubes.System.Set(SystemProperties.DefaultNetvm, net);

        Assert.Contains("work/property-pre-set:netvm", Kernel.Events);
        Assert.Contains("work/property-reset:netvm", Kernel.Events);
        Assert.Contains("work/property-reset:visible_gateway", Kernel.Events);
        Assert.DoesNotContain("tmpl/property-reset:netvm", Kernel.Events);
        Assert.Equal("10.137.0.2", Work.Properties.Read("ip").Text);
        Assert.Equal(net.Properties.Read("ip").Text, Work.Properties.Read("visible_gateway").Text);
    });

    [Fact]
    public Task A_veto_of_one_follower_keeps_the_default() => Kernel.OnLoop(async () =>
    {
        var net = await CreateAsync(QubeClass.AppVM, "net");
        net.Properties.Set(QubeProperties.Netvm, null);
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        using var veto = Kernel.Bus.Subscribe<PropertySetting>(e =>
        {
            if (e.Subject == Work)
                throw new QubesException("not this one");
        });

        Assert.Throws<QubesException>(() => Qubes.System.Set(SystemProperties.DefaultNetvm, net));
        Assert.Null(Qubes.System.Get(SystemProperties.DefaultNetvm));
    });

    [Fact]
    public Task A_loop_through_the_default_is_refused_from_both_ends() => Kernel.OnLoop(async () =>
    {
        var net = await CreateAsync(QubeClass.AppVM, "net");
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Assert.Throws<PropertyValueException>(() => Qubes.System.Set(SystemProperties.DefaultNetvm, net));

        net.Properties.Set(QubeProperties.Netvm, null);
        Qubes.System.Set(SystemProperties.DefaultNetvm, net);
        Assert.Throws<InvalidValueException>(() => net.Properties.Reset("netvm"));
    });

    [Fact]
    public async Task A_netvm_stays_while_clients_run_unless_forced()
    {
        await Kernel.OnLoop(async () =>
        {
            var net = await CreateAsync(QubeClass.AppVM, "net");
            net.Properties.Set(QubeProperties.ProvidesNetwork, true);
            Work.Properties.Set(QubeProperties.Netvm, net);
            await Work.StartAsync(default);
            Assert.Equal(PowerState.Running, net.PowerState);
            Assert.Contains("net/net-domain-connect", Kernel.Events);
            await Assert.ThrowsAsync<QubeInUseException>(() => net.ShutdownAsync(force: false, wait: true, default));
            await net.ShutdownAsync(force: true, wait: true, default);
        });
        Assert.Contains("net/domain-shutdown-failed", Kernel.Events);
    }

    [Fact]
    public Task A_made_up_address_is_an_address_and_shows() => Kernel.OnLoop(() =>
    {
        Assert.Throws<InvalidValueException>(() => Work.Features.Set("net.fake-ip", "10.0.1"));
        Assert.Throws<InvalidValueException>(() => Work.Features.Set("net.fake-gateway", "::1"));
        Work.Features.Set("net.fake-ip", "192.168.0.2");

        Assert.Equal("192.168.0.2", Work.Properties.Read("visible_ip").Text);
        Assert.Contains("work/property-reset:visible_ip", Kernel.Events);
    });

    [Fact]
    public Task A_running_qube_takes_no_halted_netvm() => Kernel.OnLoop(async () =>
    {
        var net = await CreateAsync(QubeClass.AppVM, "net");
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        await Work.StartAsync(default);

        Assert.Throws<QubeNotStartedException>(() => Work.Properties.Set(QubeProperties.Netvm, net));
    });
}
