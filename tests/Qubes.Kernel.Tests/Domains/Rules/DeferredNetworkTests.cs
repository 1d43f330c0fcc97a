using NSubstitute;
using Qubes.Kernel.Domains;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Kernel.Tests.Domains.Rules;

/// <summary>Spec: preloaded disposables, section 9 and 13.3, items 17 and 18. Netvms <c>net</c> and <c>net2</c> run.</summary>
public sealed class DeferredNetworkTests : IAsyncLifetime
{
    private const string Original = "deferred-netvm-original";

    private readonly IGuestServices services = Substitute.For<IGuestServices>();
    private readonly IPreloads preloads = Substitute.For<IPreloads>();
    private TestKernel kernel = null!;

    private QubeRegistry Qubes => kernel.Qubes;

    private Qube Work => (Qube)Qubes.Find("work");

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
        kernel.World.Add(new SilentAgents());
        kernel.World.Add(services);
        kernel.World.Add(preloads);
        Answer(0);
        await kernel.OnLoop(async () =>
        {
            foreach (var name in new[] { "net", "net2" })
            {
                var net = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "red"), default);
                net.Properties.Set(QubeProperties.Netvm, null);
                net.Properties.Set(QubeProperties.ProvidesNetwork, true);
                await net.StartAsync(default);
            }
            Work.Features.Set("qrexec", "1");
            Work.Properties.Write("netvm", "net");
            await Work.StartAsync(default);
            kernel.Events.Clear();
        });
    }

    public Task DisposeAsync() => kernel.DisposeAsync().AsTask();

    [Fact]
    public Task A_change_while_paused_is_recorded_and_made_when_the_qube_runs_on() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net2");
        Assert.Equal("net", Work.Features[Original]);
        kernel.Events.Clear();

        await Work.UnpauseAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
        Assert.Equal(
            ["work/property-pre-set:netvm", "work/property-set:netvm", $"work/domain-feature-delete:{Original}", "net2/net-domain-connect"],
            kernel.Events.Where(e => e.Contains("set:netvm") || e.Contains("net-domain") || e.Contains("feature-delete")));
        await services.Received(1).CallAsync(Work, "qubes.WaitForNetworkUplink", "root", default, Arg.Any<CancellationToken>());
    });

    [Fact]
    public Task The_first_original_is_kept() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net2");
        Work.Properties.Write("netvm", "");
        Work.Properties.Write("netvm", "net2");

        Assert.Equal("net", Work.Features[Original]);
    });

    [Fact]
    public Task None_is_a_netvm_too_and_no_network_is_not_waited_for() => kernel.OnLoop(async () =>
    {
        Work.Properties.Write("netvm", "");
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net");
        Assert.Equal("", Work.Features[Original]);
        Work.Properties.Write("netvm", "");

        await Work.UnpauseAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
        Assert.Empty(services.ReceivedCalls());
    });

    [Fact]
    public Task A_reset_is_deferred_too() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        Work.Properties.Reset("netvm");

        Assert.Equal("net", Work.Features[Original]);
    });

    [Fact]
    public Task A_change_of_the_default_is_deferred_by_those_that_follow_it() => kernel.OnLoop(async () =>
    {
        Qubes.System.Write("default_netvm", "net");
        Work.Properties.Reset("netvm");
        await Work.PauseAsync(default);

        Qubes.System.Write("default_netvm", "net2");

        Assert.Equal("net", Work.Features[Original]);
    });

    [Fact]
    public Task Nothing_is_deferred_while_the_qube_runs_or_where_nothing_changes() => kernel.OnLoop(async () =>
    {
        Work.Properties.Write("netvm", "net2");
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net2");

        Assert.DoesNotContain(Original, Work.Features.Keys);
    });

    [Fact]
    public Task A_paused_qube_whose_netvm_was_restarted_is_connected_anew_when_it_runs_on() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        await Qubes.Find("net").KillAsync(default);
        Assert.Equal("net", Work.Features[Original]);
        await Qubes.Find("net").StartAsync(default);
        Assert.Equal("net", Work.Features[Original]);
        kernel.Events.Clear();

        await Work.UnpauseAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
        Assert.Contains("net/net-domain-connect", kernel.Events);
    });

    [Fact]
    public Task One_that_runs_on_before_its_netvm_does_is_connected_when_that_has_started() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        await Qubes.Find("net").KillAsync(default);
        await Work.UnpauseAsync(default);
        Assert.Contains(Original, Work.Features.Keys);

        await Qubes.Find("net").StartAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
        await services.ReceivedWithAnyArgs(1).CallAsync(default!, default!, default, default, default);
    });

    [Fact]
    public Task One_that_runs_on_before_its_netvm_does_is_connected_when_that_runs_on() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net2");
        await Qubes.Find("net2").PauseAsync(default);
        await Work.UnpauseAsync(default);
        Assert.Contains(Original, Work.Features.Keys);

        await Qubes.Find("net2").UnpauseAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
    });

    [Fact]
    public Task Running_clients_of_a_netvm_that_starts_are_connected() => kernel.OnLoop(async () =>
    {
        await Qubes.Find("net").KillAsync(default);
        kernel.Events.Clear();

        await Qubes.Find("net").StartAsync(default);

        Assert.Equal(["net/net-domain-connect"], kernel.Events.Where(e => e.Contains("net-domain")));
        Assert.Empty(services.ReceivedCalls());
    });

    [Fact]
    public Task Its_own_end_forgets_it() => kernel.OnLoop(async () =>
    {
        await Work.PauseAsync(default);
        Work.Properties.Write("netvm", "net2");

        await Work.KillAsync(default);

        Assert.DoesNotContain(Original, Work.Features.Keys);
    });

    [Fact]
    public async Task A_daemon_that_was_away_forgets_what_has_ended_and_sees_what_was_started()
    {
        await kernel.OnLoop(async () =>
        {
            await Work.PauseAsync(default);
            ((Qube)Qubes.Find("dvm")).Features.Set(Original, "gone");
        });
        kernel = await kernel.RestartAsync(() => kernel.Hypervisor.MachineOf("net").End(Sdk.Hypervisors.MachineState.Stopped));
        await kernel.OnLoop(async () =>
        {
            await Qubes.Find("dvm").StartAsync(default);
            await Qubes.Find("net").StartAsync(default);

            Assert.DoesNotContain(Original, Qubes.Find("dvm").Features.Keys);
            Assert.Equal("net", Work.Features[Original]);
        });
    }

    [Fact]
    public Task A_preload_is_left_as_it_is_until_it_is_one_no_longer() => kernel.OnLoop(async () =>
    {
        var disposable = (Qube)await kernel.Disposables.PrepareAsync(Qubes.Find("dvm"), _ => { }, default);
        preloads.IsPreload(disposable).Returns(true);
        await disposable.StartAsync(default);
        await disposable.PauseAsync(default);
        disposable.Properties.Write("netvm", "net2");

        await disposable.UnpauseAsync(default);
        await kernel.Networks.ApplyAsync(disposable, default);
        Assert.Equal("", disposable.Features[Original]);

        preloads.IsPreload(disposable).Returns(false);
        await kernel.Networks.ApplyAsync(disposable, default);
        Assert.DoesNotContain(Original, disposable.Features.Keys);
    });

    [Fact]
    public async Task Ten_seconds_without_a_network_are_told_to_who_asked_and_to_nobody_else()
    {
        var called = new TaskCompletionSource();
        services.CallAsync(default!, default!, default, default, default).ReturnsForAnyArgs(call =>
        {
            called.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, kernel.Clock, call.Arg<CancellationToken>())
                .ContinueWith(_ => new GuestServiceResult(0, default), TaskScheduler.Default);
        });
        var (unpaused, asked) = await kernel.OnLoop(async () =>
        {
            await Work.PauseAsync(default);
            Work.Properties.Write("netvm", "net2");
            var unpausing = Work.UnpauseAsync(default);
            await called.Task;
            return (unpausing, kernel.Networks.ApplyAsync(Work, default));
        });
        Assert.False(unpaused.IsCompleted);

        kernel.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("'work' had no network 10 s after its netvm was changed", (await Assert.ThrowsAsync<TimeoutException>(() => asked)).Message);
        await unpaused;
        await services.ReceivedWithAnyArgs(1).CallAsync(default!, default!, default, default, default);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(127, true)]
    public Task What_the_guest_says_counts_unless_it_does_not_know_the_service(int exitCode, bool isGood) => kernel.OnLoop(async () =>
    {
        Answer(exitCode);
        Work.Features.Set(Original, "net");

        var error = await Record.ExceptionAsync(() => kernel.Networks.ApplyAsync(Work, default));

        Assert.Equal(isGood ? null : "qubes.WaitForNetworkUplink of 'work' ended with 1", (error as QubeException)?.Message);
    });

    [Fact]
    public Task A_running_qube_does_not_get_a_netvm_that_is_halted() => kernel.OnLoop(async () =>
    {
        Qubes.System.Write("default_netvm", "net2");
        await Qubes.Find("net2").KillAsync(default);
        await Work.PauseAsync(default);

        Assert.Throws<QubeNotStartedException>(() => Work.Properties.Write("netvm", "net2"));
        Assert.Throws<QubeNotStartedException>(() => Work.Properties.Reset("netvm"));
        Assert.Equal("net", Work.Properties.Read("netvm").Text);
    });

    [Fact]
    public Task Nor_by_way_of_the_default_but_a_preload_holds_nobody_up() => kernel.OnLoop(async () =>
    {
        Qubes.System.Write("default_netvm", "net");
        Work.Properties.Reset("netvm");
        await Qubes.Find("net2").KillAsync(default);
        Assert.Throws<QubeNotStartedException>(() => Qubes.System.Write("default_netvm", "net2"));
        await Work.KillAsync(default);

        var disposable = (Qube)await kernel.Disposables.PrepareAsync(Qubes.Find("dvm"), _ => { }, default);
        preloads.IsNobodys(disposable).Returns(true);
        await disposable.StartAsync(default);
        Qubes.System.Write("default_netvm", "net2");
    });

    [Fact]
    public Task A_netvm_is_not_shut_down_under_a_client_but_under_a_preload() => kernel.OnLoop(async () =>
    {
        await Assert.ThrowsAsync<QubeInUseException>(() => Qubes.Find("net").ShutdownAsync(force: false, wait: false, default));

        preloads.IsNobodys(Arg.Any<IQube>()).Returns(call => call.Arg<IQube>().Class == QubeClass.DispVM);
        var disposable = await kernel.Disposables.PrepareAsync(Qubes.Find("dvm"), _ => { }, default);
        disposable.Properties.Write("netvm", "net2");
        await disposable.StartAsync(default);
        await Qubes.Find("net2").ShutdownAsync(force: false, wait: false, default);
    });

    [Fact]
    public Task A_disposable_does_not_inherit_it() => kernel.OnLoop(async () =>
    {
        Qubes.Find("dvm").Features.Set(Original, "net");
        Qubes.Find("dvm").Features.Set("preload-dispvm-max", "2");
        Qubes.Find("dvm").Features.Set("preload-dispvmore", "2");
        Qubes.Find("dvm").Features.Set("preload", "2");

        var disposable = await kernel.Disposables.AcquireAsync(new(Qubes.Find("dvm"), Work), default);

        Assert.DoesNotContain(disposable.Features.Keys, f => f.StartsWith("preload-dispvm", StringComparison.Ordinal) || f == Original);
        Assert.Contains("preload", disposable.Features.Keys);
    });

    private void Answer(int exitCode) =>
        services.CallAsync(default!, default!, default, default, default).ReturnsForAnyArgs(new GuestServiceResult(exitCode, default));
}
