using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests;

[Collection("guests")]
public sealed class BootRetryTests : IAsyncLifetime
{
    // Long enough for the test guest to mark its disk, however busy this machine is.
    private readonly GuestHost host = new(("boot-timeout-tcg", "25"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_boot_that_hangs_is_tried_once_more_with_fresh_disposable_volumes_and_that_is_logged()
    {
        var pool = await host.OpenPoolAsync();
        var source = GuestHost.Volume(pool, "base/root", isSaved: true);
        var own = GuestHost.Volume(pool, "work/private", isSaved: true);
        await pool.CreateAsync(source, default);
        await pool.CreateAsync(own, default);
        await using var machine = await host.Driver.CreateAsync(
            GuestHost.Spec("work",
                await pool.StartAsync(GuestHost.Volume(pool, "work/root", isSaved: false, source), default),
                await pool.StartAsync(own, default)) with
            { KernelOptions = "test.hang=1" }, default);
        var states = new List<MachineState>();
        machine.StateChanged += (_, state) => states.Add(state);

        await machine.BootAsync(default);
        Assert.Equal([MachineState.Running], states);
        Assert.Single(host.Log.Lines, line => line.StartsWith("5202 ", StringComparison.Ordinal));
        using (var agent = new AgentPort(machine.AgentSocketPath))
        {
            Assert.Equal("mark", await agent.AskAsync("/bin/busybox head -c 4 /dev/vdb; echo"));
            Assert.Equal("0", await agent.AskAsync("/bin/busybox head -c 5 /dev/vda | /bin/busybox tr -d '\\000' | /bin/busybox wc -c"));
        }
        await machine.KillAsync(default);
        Assert.Equal([MachineState.Running, MachineState.Stopped], states);
    }

    [Fact]
    public async Task A_machine_killed_while_it_boots_fails_the_boot_at_once()
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        var boot = machine.BootAsync(default);
        await machine.KillAsync(default);
        await Assert.ThrowsAsync<QubeException>(() => boot);
        Assert.Equal(MachineState.Stopped, machine.State);
    }
}
