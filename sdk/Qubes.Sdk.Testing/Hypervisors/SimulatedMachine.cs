using System.Collections.Concurrent;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors;

/// <summary>A machine of <see cref="SimulatedHypervisor"/>.</summary>
public sealed partial class SimulatedMachine : IMachine
{
    private readonly SimulatedHypervisor hypervisor;
    private readonly TimeProvider time;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock sync = new();

    internal SimulatedMachine(
        SimulatedHypervisor hypervisor, MachineSpec spec, int id, TimeProvider time, SimulatedTemplate? origin = null)
    {
        IsClone = origin is not null;
        Memory = new ConcurrentDictionary<string, string>(origin?.Memory ?? []);
        this.hypervisor = hypervisor;
        this.time = time;
        Spec = spec;
        Id = id;
        StartTime = time.GetUtcNow();
        balloon = new SimulatedBalloon((long)spec.MemoryMiB << 20, time) { BytesPerSecond = hypervisor.BalloonSpeed };
    }

    /// <summary>What the kernel asked for.</summary>
    public MachineSpec Spec { get; }

    /// <inheritdoc/>
    public Guid QubeUuid => Spec.Uuid;

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public DateTimeOffset StartTime { get; }

    /// <inheritdoc/>
    public MachineState State { get; private set; } = MachineState.Created;

    /// <inheritdoc/>
    public event Action<IMachine, MachineState>? StateChanged;

    /// <inheritdoc/>
    public Task Ended => ended.Task;

    /// <summary>Empty: no agent listens.</summary>
    public string AgentSocketPath => "";

    /// <inheritdoc/>
    public bool IsClone { get; }

    /// <summary>The kernel has accepted it (<see cref="AcceptAsync"/>).</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>What a test had its guest remember: frozen with it, and its copies' to begin with.</summary>
    public ConcurrentDictionary<string, string> Memory { get; }

    /// <summary>How often it was paused and let go on.</summary>
    public int Pauses { get; private set; }

    /// <inheritdoc/>
    public async Task BootAsync(CancellationToken cancel)
    {
        if (hypervisor.BootTime > TimeSpan.Zero && !IsClone)
            await Task.Delay(hypervisor.BootTime, time, cancel);
        if (hypervisor.Booting is { } booting)
            await booting(this, cancel);
        Change(MachineState.Created, MachineState.Running);
    }

    /// <inheritdoc/>
    public async Task AcceptAsync(CancellationToken cancel)
    {
        if (hypervisor.Accepting is { } accepting)
            await accepting(this, cancel);
        if (ended.Task.IsCompleted)
            throw new QubeException($"Machine {Id} of '{Spec.Name}' has ended");
        IsAccepted = true;
    }

    /// <inheritdoc/>
    public Task PauseAsync(CancellationToken cancel)
    {
        hypervisor.Pausing?.Invoke(this);
        Change(MachineState.Running, MachineState.Paused);
        Pauses++;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancel)
    {
        Change(MachineState.Paused, MachineState.Running);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task KillAsync(CancellationToken cancel)
    {
        if (hypervisor.Killing is { } killing)
            await killing(this, cancel);
        End(MachineState.Stopped);
    }

    /// <summary>As if the guest had powered off, or its process had died.</summary>
    /// <param name="state"><see cref="MachineState.Stopped"/> or <see cref="MachineState.Crashed"/>.</param>
    public void End(MachineState state)
    {
        lock (sync)
        {
            if (State is MachineState.Stopped or MachineState.Crashed)
                return;
            State = state;
        }
        hypervisor.Forget(this);
        StateChanged?.Invoke(this, state);
        ended.TrySetResult();
    }

    /// <summary>Lets go of the object; the machine goes on.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Change(MachineState from, MachineState to)
    {
        lock (sync)
        {
            if (State != from)
                throw new QubeException($"Machine {Id} of '{Spec.Name}' is {State}, not {from}");
            State = to;
        }
        StateChanged?.Invoke(this, to);
    }
}
