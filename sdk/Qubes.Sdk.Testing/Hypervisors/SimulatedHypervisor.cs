using System.Collections.Concurrent;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors;

/// <summary>
/// A hypervisor driver without machines: they are created, boot, pause and end at once, or when the test says so. Machines
/// live in this object, so that a second kernel on the same object finds them as a restarted daemon finds real ones.
/// </summary>
public sealed partial class SimulatedHypervisor(TimeProvider time) : ICloningDriver
{
    private readonly ConcurrentDictionary<int, SimulatedMachine> machines = new();
    private int lastId;

    /// <summary><c>simulated</c>.</summary>
    public string Name => "simulated";

    /// <summary>Every machine that has not ended.</summary>
    public IReadOnlyCollection<SimulatedMachine> Machines => [.. machines.Values];

    /// <summary>How long a boot takes.</summary>
    public TimeSpan BootTime { get; set; }

    /// <summary>Called before a machine is built; throw to make the creation fail.</summary>
    public Action<MachineSpec>? Creating { get; set; }

    /// <summary>Called when a machine boots; throw to make the boot fail.</summary>
    public Func<SimulatedMachine, CancellationToken, Task>? Booting { get; set; }

    /// <summary>Called before a machine is paused; throw to make it run on.</summary>
    public Action<SimulatedMachine>? Pausing { get; set; }

    /// <summary>Called when a machine is ended by force; throw to make it live on.</summary>
    public Func<SimulatedMachine, CancellationToken, Task>? Killing { get; set; }

    /// <summary>The <see cref="SimulatedMachine.BalloonSpeed"/> of machines made from now on.</summary>
    public long? BalloonSpeed { get; set; }

    /// <summary>Called before a machine is told to do with more or less memory; throw to have that fail, wait to have it take long.</summary>
    public Func<SimulatedMachine, long, CancellationToken, Task>? SettingMemory { get; set; }

    /// <inheritdoc/>
    public Task<IMachine> CreateAsync(MachineSpec spec, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Creating?.Invoke(spec);
        var machine = new SimulatedMachine(this, spec, Interlocked.Increment(ref lastId), time);
        machines[machine.Id] = machine;
        return Task.FromResult<IMachine>(machine);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IMachine>> AdoptAsync(CancellationToken cancel)
    {
        foreach (var reserve in reserves.Keys)
            reserve.Lose();
        // What never booted is half made, and a copy that nobody accepted may still be like its siblings.
        foreach (var machine in machines.Values.Where(m => m.State == MachineState.Created || (m.IsClone && !m.IsAccepted)))
            await machine.KillAsync(cancel);
        return [.. machines.Values];
    }

    /// <summary>The machine that runs the qube of that name.</summary>
    /// <exception cref="QubeException">There is none.</exception>
    public SimulatedMachine MachineOf(string qube) =>
        machines.Values.FirstOrDefault(m => m.Spec.Name == qube) ?? throw new QubeException($"'{qube}' has no machine");

    internal void Forget(SimulatedMachine machine) => machines.TryRemove(machine.Id, out _);
}
