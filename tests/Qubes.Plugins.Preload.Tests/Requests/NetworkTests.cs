using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Requests;

/// <summary>A preload's network changed while it was paused (spec: preloaded disposables, sections 9 and 12, R14).</summary>
public sealed class NetworkTests : PreloadTest
{
    private const string Original = "deferred-netvm-original";
    private const string Uplink = "qubes.WaitForNetworkUplink";

    [Fact]
    public async Task R14_the_network_is_back_before_the_caller_gets_it()
    {
        var name = await PreloadAndRestartNetvmAsync();
        var whileWaiting = "";
        World.Guests.Serving = async (qube, service, _) =>
        {
            if (service == Uplink)
                whileWaiting = await Kernel.OnLoop(() => $"{qube.Properties.Read("is_preload").Text} {qube.Features["preload-dispvm-in-progress"]}");
            return new GuestServiceResult(0, default);
        };

        var got = await Kernel.AcquireAsync();

        Assert.Equal(name, got.Name);
        Assert.Contains($"{name}/{Uplink}", World.Guests.Calls);
        Assert.Equal("False 1", whileWaiting);
        Assert.Equal(
            [
                "domain-pre-unpaused", "domain-unpaused", "domain-feature-delete:internal", "property-reset:is_preload", "property-pre-set:netvm",
                "property-set:netvm", $"domain-feature-delete:{Original}", "domain-feature-delete:preload-dispvm-in-progress",
                "domain-tag-add:created-by-work",
            ],
            Kernel.Events.Where(e => e.StartsWith(name + " ", StringComparison.Ordinal)).Select(e => e.Split(' ')[1])
                .SkipWhile(e => e != "domain-pre-unpaused")
                .Where(e => !e.Contains("pre-delete") && !e.Contains("disp-created") && (!e.StartsWith("property-reset") || e.EndsWith("is_preload", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_preload_whose_network_does_not_come_back_in_ten_seconds_is_not_handed_out()
    {
        var name = await PreloadAndRestartNetvmAsync();
        HoldUplink();
        var request = Kernel.AcquireAsync();
        await Kernel.PassAsync(9.5);
        Assert.False(request.IsCompleted);

        await Kernel.PassAsync(1);

        Assert.Equal(PowerState.Halted, await Kernel.StateAsync((await request).Name));
        Assert.NotEqual(name, (await request).Name);
        await Kernel.PassAsync(2.5);
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task One_whose_guest_says_that_it_has_no_network_is_replaced_by_the_next_one()
    {
        await PreloadAndRestartNetvmAsync(count: 2);
        var queue = await Kernel.QueueAsync();
        World.Guests.Serving = (qube, service, _) => Task.FromResult(new GuestServiceResult(service == Uplink && qube.Name == queue[0] ? 1 : 0, default));

        Assert.Equal(queue[1], (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task Whoever_let_it_run_without_asking_has_it_with_or_without_a_network()
    {
        var name = await PreloadAndRestartNetvmAsync();
        HoldUplink();
        var unpaused = Kernel.OnLoop(() => Kernel.Qubes.Find(name).UnpauseAsync(default));
        await Kernel.PassAsync(10.5);

        await unpaused;
        await Kernel.PassAsync(5);

        Assert.Equal(PowerState.Running, await Kernel.StateAsync(name));
        Assert.Equal("", await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Features["preload-dispvm-in-progress"]));
        Assert.DoesNotContain(name, await Kernel.QueueAsync());
        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task One_that_ends_while_its_network_comes_back_is_nobodys()
    {
        var name = await PreloadAndRestartNetvmAsync();
        HoldUplink();
        var request = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        World.Hypervisor.MachineOf(name).End(MachineState.Crashed);
        await Kernel.SettleAsync();

        Assert.NotEqual(name, (await request).Name);
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task One_whose_caller_goes_away_while_its_network_comes_back_is_discarded()
    {
        var name = await PreloadAndRestartNetvmAsync();
        HoldUplink();
        using var caller = new CancellationTokenSource();
        var request = Kernel.AcquireAsync(cancel: caller.Token);
        await Kernel.SettleAsync();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Kernel.PassAsync(3);
        Assert.False(await Kernel.ExistsAsync(name));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_meanwhile_leaves_one_that_the_next_one_removes()
    {
        var name = await PreloadAndRestartNetvmAsync();
        HoldUplink();
        _ = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        Kernel = await Kernel.CrashAsync();
        await Kernel.SettleAsync();

        Assert.False(await Kernel.ExistsAsync(name));
    }

    // A netvm that ends and starts again: the only change of the network that does not make a preload outdated.
    private async Task<string> PreloadAndRestartNetvmAsync(int count = 1)
    {
        await Kernel.OnLoop(async () =>
        {
            var net = await Kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "net", "red"), default);
            net.Properties.Set(QubeProperties.Netvm, null);
            net.Properties.Set(QubeProperties.ProvidesNetwork, true);
            Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Netvm, net);
        });
        var name = (await PreloadAsync(count))[0];
        await Kernel.OnLoop(async () =>
        {
            await Kernel.Qubes.Find("net").KillAsync(default);
            await Kernel.Qubes.Find("net").StartAsync(default);
        });
        await Kernel.SettleAsync();
        Assert.Equal("net", await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Features[Original]));
        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(name));
        Kernel.Events.Clear();
        return name;
    }

    private void HoldUplink() => World.Guests.Serving = async (_, service, cancel) =>
    {
        if (service == Uplink)
            await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        return new GuestServiceResult(0, default);
    };
}
