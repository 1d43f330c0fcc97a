using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Tests.Domains;

public sealed class LifecycleTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    private Qube Work => (Qube)kernel.Qubes.Find("work");

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public async Task A_start_fires_its_events_in_order()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));

        Assert.Equal(
            ["domain-pre-start", "domain-pre-spawn", "domain-spawn", "domain-pre-unpaused", "domain-unpaused", "domain-start"],
            kernel.Events.Where(e => e.StartsWith("work/domain", StringComparison.Ordinal)).Select(e => e["work/".Length..]));
        Assert.Equal(PowerState.Running, await kernel.OnLoop(() => Work.PowerState));
    }

    [Fact]
    public async Task Starting_a_running_qube_does_nothing()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));
        kernel.Events.Clear();

        await kernel.OnLoop(() => Work.StartAsync(default));

        Assert.Empty(kernel.Events);
        Assert.Single(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task Two_starts_at_once_make_one_machine()
    {
        await kernel.OnLoop(() => Task.WhenAll(Work.StartAsync(default), Work.StartAsync(default)));

        Assert.Single(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task A_veto_refuses_the_start_and_nothing_stays()
    {
        await kernel.OnLoop(() => kernel.Bus.SubscribeAsync<QubeStarting>((_, _) => throw new QubesException("closed")));

        var refusal = await Assert.ThrowsAsync<QubesException>(() => kernel.OnLoop(() => Work.StartAsync(default)));

        Assert.Equal("closed", refusal.Message);
        Assert.Contains("work/domain-start-failed", kernel.Events);
        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => Work.PowerState));
        Assert.Empty(kernel.World.Pools.Pools["varlibqubes"].Started);
    }

    [Fact]
    public async Task A_machine_that_cannot_be_built_leaves_volumes_stopped()
    {
        kernel.Hypervisor.Creating = _ => throw new QubeException("no room");

        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => Work.StartAsync(default)));

        Assert.Empty(kernel.World.Pools.Pools["varlibqubes"].Started);
        Assert.Empty(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task A_boot_that_fails_ends_the_machine_and_runs_the_stop_sequence()
    {
        kernel.Hypervisor.Booting = (_, _) => throw new QubeException("hangs");

        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => Work.StartAsync(default)));

        Assert.Equal(
            ["domain-start-failed", "domain-stopped", "domain-shutdown"],
            kernel.Events.Where(e => e.StartsWith("work/domain-s", StringComparison.Ordinal) && !e.EndsWith("spawn", StringComparison.Ordinal))
                .Select(e => e["work/".Length..]));
        Assert.Empty(kernel.Hypervisor.Machines);
        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => Work.PowerState));
    }

    [Fact]
    public async Task The_next_start_after_a_failed_one_works()
    {
        kernel.Hypervisor.Booting = (_, _) => throw new QubeException("hangs");
        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => Work.StartAsync(default)));
        kernel.Hypervisor.Booting = null;

        await kernel.OnLoop(() => Work.StartAsync(default));

        Assert.Equal(PowerState.Running, await kernel.OnLoop(() => Work.PowerState));
    }

    [Fact]
    public async Task Kill_returns_when_the_handlers_of_the_shutdown_are_done()
    {
        var handled = false;
        await kernel.OnLoop(() => Work.StartAsync(default));
        await kernel.OnLoop(() => kernel.Bus.SubscribeAsync<QubeShutdown>(async (_, _) =>
        {
            await Task.Yield();
            handled = true;
        }));

        await kernel.OnLoop(() => Work.KillAsync(default));

        Assert.True(handled);
        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => Work.PowerState));
        Assert.Empty(kernel.World.Pools.Pools["varlibqubes"].Started);
    }

    [Fact]
    public async Task A_guest_that_powers_off_by_itself_is_followed_to_the_end()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));
        var shutdown = new TaskCompletionSource();
        await kernel.OnLoop(() => kernel.Bus.Subscribe<QubeShutdown>(_ => shutdown.SetResult()));

        kernel.Hypervisor.MachineOf("work").End(MachineState.Stopped);

        await shutdown.Task;
        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => Work.PowerState));
    }

    [Fact]
    public async Task Halted_qubes_refuse_what_needs_a_machine()
    {
        await Assert.ThrowsAsync<QubeNotStartedException>(() => kernel.OnLoop(() => Work.KillAsync(default)));
        await Assert.ThrowsAsync<QubeNotStartedException>(() => kernel.OnLoop(() => Work.ShutdownAsync(false, true, default)));
        await Assert.ThrowsAsync<QubeNotRunningException>(() => kernel.OnLoop(() => Work.PauseAsync(default)));
        await Assert.ThrowsAsync<QubeNotPausedException>(() => kernel.OnLoop(() => Work.UnpauseAsync(default)));
    }

    [Fact]
    public async Task Pausing_and_going_on_fire_their_events_once()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));
        kernel.Events.Clear();

        await kernel.OnLoop(() => Work.PauseAsync(default));
        Assert.Equal(PowerState.Paused, await kernel.OnLoop(() => Work.PowerState));
        await kernel.OnLoop(() => Work.UnpauseAsync(default));

        Assert.Equal(
            ["work/domain-pre-paused", "work/domain-paused", "work/domain-pre-unpaused", "work/domain-unpaused"], kernel.Events);
    }

    [Fact]
    public async Task A_paused_qube_is_shut_down_only_by_force()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));
        await kernel.OnLoop(() => Work.PauseAsync(default));

        await Assert.ThrowsAsync<QubeNotRunningException>(() => kernel.OnLoop(() => Work.ShutdownAsync(false, true, default)));
        Assert.Contains("work/domain-shutdown-failed", kernel.Events);
        await kernel.OnLoop(() => Work.ShutdownAsync(force: true, wait: true, default));

        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => Work.PowerState));
    }

    [Fact]
    public async Task A_guest_that_does_not_listen_makes_a_waited_shutdown_time_out()
    {
        kernel.World.Add(new SilentAgents());
        await kernel.OnLoop(() => Work.StartAsync(default));

        var shutdown = kernel.OnLoop(() => Work.ShutdownAsync(force: false, wait: true, default));
        await kernel.OnLoop(() => { });
        kernel.Clock.Advance(TimeSpan.FromSeconds(60));

        await Assert.ThrowsAsync<ShutdownTimeoutException>(() => shutdown);
        Assert.Single(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task A_guest_that_does_not_listen_is_powered_off_when_nobody_waits()
    {
        kernel.World.Add(new SilentAgents());
        await kernel.OnLoop(() => Work.StartAsync(default));
        var ended = kernel.Hypervisor.MachineOf("work").Ended;

        await kernel.OnLoop(() => Work.ShutdownAsync(force: false, wait: false, default));
        Assert.False(ended.IsCompleted);
        kernel.Clock.Advance(TimeSpan.FromSeconds(60));

        await ended;
    }

    [Fact]
    public async Task The_host_itself_is_always_running()
    {
        var host = kernel.Qubes.AdminVm;

        Assert.Equal(PowerState.Running, await kernel.OnLoop(() => host.PowerState));
        await Assert.ThrowsAsync<QubeNotHaltedException>(() => kernel.OnLoop(() => host.StartAsync(default)));
        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => host.KillAsync(default)));
    }

    [Fact]
    public async Task The_template_cannot_change_while_the_qube_runs()
    {
        await kernel.OnLoop(() => kernel.Qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl2", "black"), default));
        await kernel.OnLoop(() => Work.StartAsync(default));

        await Assert.ThrowsAsync<QubeNotHaltedException>(() => kernel.OnLoop(() => Work.Properties.Write("template", "tmpl2")));
        await kernel.OnLoop(() => Work.KillAsync(default));
        await kernel.OnLoop(() => Work.Properties.Write("template", "tmpl2"));

        Assert.Equal("tmpl2", await kernel.OnLoop(() => Work.Volumes[0].Source!.Owner.Name));
    }
}
