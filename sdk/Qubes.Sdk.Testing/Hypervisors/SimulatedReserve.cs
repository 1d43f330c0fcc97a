using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Hypervisors;

/// <summary>A copy of <see cref="SimulatedHypervisor"/> that nobody has asked for yet.</summary>
public sealed class SimulatedReserve : IReservedMachine
{
    private readonly SimulatedHypervisor hypervisor;
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isTaken;

    internal SimulatedReserve(
        SimulatedHypervisor hypervisor, SimulatedTemplate origin, IReadOnlyList<PreparedVolume> disks, CloneMemory kind)
    {
        this.hypervisor = hypervisor;
        Origin = origin;
        Disks = disks;
        Kind = kind;
    }

    /// <summary>What it will be a copy of.</summary>
    public SimulatedTemplate Origin { get; }

    /// <summary>The layers that it has open.</summary>
    public IReadOnlyList<PreparedVolume> Disks { get; }

    /// <summary>Whose its memory is.</summary>
    public CloneMemory Kind { get; }

    /// <inheritdoc/>
    public Task Lost => lost.Task;

    /// <inheritdoc/>
    public async Task<IMachine> RestoreAsync(MachineSpec spec, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0)
            throw new QubeException("This reserved machine was taken already, or has ended");
        hypervisor.Forget(this);
        try
        {
            return await hypervisor.RestoreAsync(this, spec, cancel);
        }
        catch
        {
            lost.TrySetResult();
            throw;
        }
    }

    /// <summary>As if its process had died.</summary>
    public void Lose()
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0)
            return;
        hypervisor.Forget(this);
        lost.TrySetResult();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Lose();
        return ValueTask.CompletedTask;
    }
}
