using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.AdminApi.Tests.Endpoints;

/// <summary>Spec: preloaded disposables, section 11, and scenario 13.3.15.</summary>
public sealed class HostSleepTests
{
    private readonly IGuestServices services = Substitute.For<IGuestServices>();

    [Fact]
    public async Task What_runs_is_told_and_paused_and_everything_else_left_alone()
    {
        await using TestDaemon daemon = await StartAsync();

        Assert.Equal("0\0", await CallAsync(daemon, "Pre"));

        Assert.IsType<HostSuspending>(daemon.Bus.Fired.First(e => e is HostSuspending or HostResumed));
        Assert.Equal(["pause"], Qube(daemon, "work").Done);
        Assert.Equal(["pause"], Qube(daemon, "no-agent").Done);
        Assert.Empty(Qube(daemon, "paused").Done);
        Assert.Empty(Qube(daemon, "halted").Done);
        await services.Received(1).CallAsync(daemon.Work, "qubes.SuspendPreAll", "root", default, Arg.Any<CancellationToken>());
        Assert.Single(services.ReceivedCalls());
    }

    [Fact]
    public async Task What_was_paused_for_it_runs_again_and_is_told()
    {
        await using TestDaemon daemon = await StartAsync();
        await CallAsync(daemon, "Pre");
        await daemon.OnLoopAsync(() => Qube(daemon, "work").PowerState = Qube(daemon, "no-agent").PowerState = PowerState.Paused);

        Assert.Equal("0\0", await CallAsync(daemon, "Post"));

        Assert.Equal(["pause", "unpause"], Qube(daemon, "work").Done);
        Assert.Equal(["pause", "unpause"], Qube(daemon, "no-agent").Done);
        Assert.Empty(Qube(daemon, "paused").Done);
        await services.Received(1).CallAsync(daemon.Work, "qubes.SuspendPostAll", "root", default, Arg.Any<CancellationToken>());
        Assert.Single(daemon.Bus.Fired.OfType<HostResumed>());
    }

    [Fact]
    public async Task A_guest_that_fails_holds_up_nobody()
    {
        await using TestDaemon daemon = await StartAsync();
        services.CallAsync(default!, default!, default, default, default)
            .ReturnsForAnyArgs<GuestServiceResult>(_ => throw new Sdk.Errors.QubeNotRunningException("left"));
        Qube(daemon, "work").Trouble = new Sdk.Errors.QubeException("no");

        Assert.Equal("0\0", await CallAsync(daemon, "Pre"));

        Assert.Equal(["pause"], Qube(daemon, "no-agent").Done);
    }

    private async Task<TestDaemon> StartAsync() => await TestDaemon.StartAsync(d =>
    {
        d.Extensions.Add(services);
        d.Work.PowerState = PowerState.Running;
        d.Work.Features.Set("qrexec", "1");
        d.Qubes.Add("no-agent").PowerState = PowerState.Running;
        d.Qubes.Add("paused").PowerState = PowerState.Paused;
        d.Qubes.Add("halted");
    });

    private static TestQube Qube(TestDaemon daemon, string name) => (TestQube)daemon.Qubes.Single(q => q.Name == name);

    private static Task<string> CallAsync(TestDaemon daemon, string which) =>
        daemon.SendAsync($"internal.Suspend{which} dom0 name dom0\0", daemon.InternalSocketPath);
}
