using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Sdk.Testing.Tests;

public sealed class SimulatedHypervisorTests
{
    private readonly VirtualTimeProvider clock = new();
    private readonly SimulatedHypervisor hypervisor;

    public SimulatedHypervisorTests() => hypervisor = new SimulatedHypervisor(clock);

    [Fact]
    public async Task A_machine_goes_through_its_states_and_tells_each()
    {
        var machine = await hypervisor.CreateAsync(Spec("a"), default);
        var told = new List<MachineState>();
        machine.StateChanged += (_, state) => told.Add(state);

        await machine.BootAsync(default);
        await machine.PauseAsync(default);
        await machine.ResumeAsync(default);
        await machine.KillAsync(default);
        await machine.KillAsync(default);

        Assert.Equal([MachineState.Running, MachineState.Paused, MachineState.Running, MachineState.Stopped], told);
        Assert.True(machine.Ended.IsCompletedSuccessfully);
        Assert.Empty(hypervisor.Machines);
    }

    [Fact]
    public async Task Numbers_are_never_given_twice()
    {
        var first = await hypervisor.CreateAsync(Spec("a"), default);
        await first.KillAsync(default);

        var second = await hypervisor.CreateAsync(Spec("a"), default);

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_boot_takes_as_long_as_the_test_says()
    {
        hypervisor.BootTime = TimeSpan.FromSeconds(2);
        var machine = await hypervisor.CreateAsync(Spec("a"), default);

        var boot = machine.BootAsync(default);
        Assert.False(boot.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));

        await boot;
        Assert.Equal(MachineState.Running, machine.State);
    }

    [Fact]
    public async Task What_a_state_does_not_allow_is_refused()
    {
        var machine = await hypervisor.CreateAsync(Spec("a"), default);

        await Assert.ThrowsAsync<QubeException>(() => machine.ResumeAsync(default));
        await Assert.ThrowsAsync<QubeException>(() => machine.PauseAsync(default));
    }

    [Fact]
    public async Task Adoption_finds_what_runs_and_ends_what_never_booted()
    {
        var running = await hypervisor.CreateAsync(Spec("a"), default);
        await running.BootAsync(default);
        var halfMade = await hypervisor.CreateAsync(Spec("b"), default);

        var adopted = await hypervisor.AdoptAsync(default);

        Assert.Equal([running], adopted);
        Assert.True(halfMade.Ended.IsCompleted);
    }

    private static MachineSpec Spec(string name) => new()
    {
        Name = name,
        Uuid = Guid.NewGuid(),
        Class = QubeClass.AppVM,
        MemoryMiB = 64,
        Vcpus = 1,
        KernelDirectory = "/",
        KernelOptions = "",
        Volumes = [],
        GuestParameters = new Dictionary<string, string>(),
        ExpectsAgent = false,
    };
}
