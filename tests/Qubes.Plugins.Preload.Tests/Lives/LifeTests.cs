using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Tests.Lives;

/// <summary>Spec: preloaded disposables, sections 4 and 4.1.</summary>
public sealed class LifeTests : PreloadTest
{
    [Fact]
    public async Task T1_a_created_one_is_marked_before_its_volumes_exist()
    {
        var added = "";
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubeCreatedOnDisk>((e, _) =>
        {
            added = State(e.Qube);
            return Task.CompletedTask;
        }));

        await PreloadAsync(1);

        Assert.Equal("queue=True progress=1 completed=- internal=1 preload=True power=Halted", added);
    }

    [Fact]
    public async Task T4_a_ready_one_has_the_features_of_the_table()
    {
        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal("queue=True progress= completed=1 internal=1 preload=True power=Paused", await StateAsync(name));
        Assert.DoesNotContain(await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Tags.ToList()), t => t.Contains("created-by"));
    }

    [Fact]
    public async Task T7_a_used_one_is_an_ordinary_disposable()
    {
        await PreloadAsync(1);

        var got = await Kernel.AcquireAsync();

        Assert.Equal("queue=False progress=- completed=1 internal=- preload=False power=Running", await StateAsync(got.Name));
        Assert.Contains("created-by-work", got.Tags);
    }

    [Fact]
    public async Task T7_internal_stays_where_the_template_has_it()
    {
        await Kernel.SetAsync("dvm", "internal", "1");
        await PreloadAsync(1);

        var got = await Kernel.AcquireAsync();

        Assert.Equal("1", await Kernel.OnLoop(() => got.Features["internal"]));
    }

    [Fact]
    public async Task T8_and_R7_one_that_somebody_unpauses_is_used_once()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).UnpauseAsync(default));
        await Kernel.SettleAsync();

        Assert.Equal("queue=False progress= completed=1 internal=- preload=False power=Running", await StateAsync(name));
        Assert.Single(Kernel.Events, e => e.Contains("domain-preload-dispvm-used"));
        Assert.NotEqual(name, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task R8_one_that_runs_behind_the_kernels_back_is_used_and_unpaused_is_told_once()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await World.Hypervisor.MachineOf(name).ResumeAsync(default);
        await Kernel.SettleAsync();

        Assert.Empty(await Kernel.QueueAsync());
        Assert.Equal(2, Kernel.Events.Count(e => e.StartsWith($"{name} domain-unpaused", StringComparison.Ordinal))); // boot, and this
    }

    [Fact]
    public async Task T11_one_whose_service_does_not_end_is_removed_after_qrexec_timeout()
    {
        World.Guests.Serving = async (_, _, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
            return new GuestServiceResult(0, default);
        };
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.PassAsync(59.5);
        Assert.True(await Kernel.ExistsAsync(name));
        await Kernel.PassAsync(1);

        Assert.False(await Kernel.ExistsAsync(name));
        Assert.Empty(World.Hypervisor.Machines);
        Assert.Contains(Kernel.Events, e => e.StartsWith($"{name} domain-start-failed", StringComparison.Ordinal) && e.Contains("qvm-run"));
        Assert.Contains("60 s", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task T11_what_a_failing_service_says_on_standard_error_is_told_too()
    {
        World.Guests.Serving = (_, _, _) => Task.FromResult(
            new GuestServiceResult(1, "some "u8.ToArray()) { Error = "broken.service failed\n"u8.ToArray() });

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        Assert.Contains("ended with 1: some broken.service failed_", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task One_that_is_ready_with_failed_units_is_a_preload()
    {
        World.Guests.Serving = (_, _, _) => Task.FromResult(
            new GuestServiceResult(0, default) { Error = "these units failed:\nbroken.service\n"u8.ToArray() });

        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(Assert.Single(await PreloadAsync(1))));
    }

    [Fact]
    public async Task T11_what_a_failing_service_says_is_made_printable_and_short()
    {
        World.Guests.Serving = (_, _, _) =>
            Task.FromResult(new GuestServiceResult(3, (byte[])[.. "bad\x1b[2J"u8, .. Enumerable.Repeat((byte)'x', 5000)]));

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        var why = await Kernel.WhyNotFullAsync();
        Assert.Contains("ended with 3: bad_[2Jxxx", why);
        Assert.True(why!.Length < 4300);
        Assert.Empty(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task T11_one_that_cannot_start_is_removed_and_the_others_go_on()
    {
        var made = 0;
        World.Hypervisor.Creating = spec =>
        {
            if (spec.Class == QubeClass.DispVM && made++ == 0)
                throw new QubeException("no room");
        };

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        Assert.Equal(2, (await Kernel.DisposablesAsync()).Length);
        Assert.Contains("(MachineFailed): no room; next try in", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task A_pause_that_is_cancelled_leaves_it_ready_and_running()
    {
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubePausing>((_, _) => throw new PauseCancelledException("not now")));

        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal("queue=True progress= completed=1 internal=1 preload=True power=Running", await StateAsync(name));
        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task A_pause_that_fails_removes_it()
    {
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubePausing>((_, _) => throw new QubeException("no memory daemon")));

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Contains("(PauseFailed): no memory daemon; next try in", await Kernel.WhyNotFullAsync());
    }

    [Fact]
    public async Task With_a_late_gui_daemon_the_session_is_waited_for_too()
    {
        await Kernel.SetAsync("tmpl", "gui", "1");
        await Kernel.SetAsync("tmpl", "supported-feature.late-gui-daemon", "1");

        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal([$"{name}/qubes.WaitForRunningSystem", $"{name}/qubes.WaitForSession"], World.Guests.Calls.Order());
    }

    [Fact]
    public async Task A_guest_that_can_is_warmed_up_when_it_is_ready_and_before_it_is_paused()
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        List<PowerState> states = [];
        World.Guests.Serving = (qube, _, _) =>
        {
            states.Add(qube.PowerState);
            return Task.FromResult(new GuestServiceResult(0, default));
        };

        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal([$"{name}/qubes.WaitForRunningSystem", $"{name}/qubes.WarmUp"], World.Guests.Calls);
        Assert.Equal([PowerState.Running, PowerState.Running], states);
    }

    [Fact]
    public async Task A_warm_up_that_fails_makes_no_difference()
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        World.Guests.Serving = (_, service, _) => Task.FromResult(new GuestServiceResult(service == "qubes.WarmUp" ? 1 : 0, default));
        Assert.Single(await PreloadAsync(1));
    }

    [Fact]
    public async Task A_template_can_do_without_warm_up()
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        await Kernel.SetAsync("dvm", "preload-dispvm-warm-up", "");
        var name = Assert.Single(await PreloadAsync(1));
        Assert.Equal([$"{name}/qubes.WaitForRunningSystem"], World.Guests.Calls);
    }

    [Fact]
    public async Task The_plugins_end_leaves_ready_ones_and_nothing_half_done()
    {
        await PreloadAsync(1);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(10);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        Assert.Equal(3, World.Hypervisor.Machines.Count);

        await Kernel.StopPluginAsync();

        Assert.Equal(MachineState.Paused, Assert.Single(World.Hypervisor.Machines).State);
        Assert.Single(await Kernel.QueueAsync());
    }

    private Task<string> StateAsync(string name) => Kernel.OnLoop(() => State(Kernel.Qubes.Find(name)));

    private static string State(IQube qube)
    {
        string Feature(string name) => qube.Features.GetValueOrDefault(name) ?? "-";
        var queue = qube.Template!.Features.GetValueOrDefault("preload-dispvm")?.Split(' ').Contains(qube.Name);
        return $"queue={queue} progress={Feature("preload-dispvm-in-progress")} completed={Feature("preload-dispvm-completed")} " +
            $"internal={Feature("internal")} preload={qube.Properties.Read("is_preload").Text} power={qube.PowerState}";
    }
}
