using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Plugins.Qemu.Machines;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>A QEMU that waits for the state of a frozen machine.</summary>
internal sealed class ReservedMachine : IReservedMachine
{
    private readonly QemuMachine machine;
    private readonly MachinePlan plan;
    private readonly QubesPaths paths;
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isTaken;

    public ReservedMachine(QemuMachine machine, MachinePlan plan, QubesPaths paths)
    {
        this.machine = machine;
        this.plan = plan;
        this.paths = paths;
        _ = WatchAsync();
    }

    /// <inheritdoc/>
    public Task Lost => lost.Task;

    /// <inheritdoc/>
    public async Task<IMachine> RestoreAsync(MachineSpec spec, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0)
            throw new QubeException("This reserved machine was taken already");
        try
        {
            var target = new MachineFiles(QemuDriver.Parent(paths), spec.Name);
            Check(spec, target);
            await machine.RestoreAsync(spec, target, QemuDriver.ConsolePath(paths, spec.Name), cancel).ConfigureAwait(false);
            return machine;
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Pays off where QEMU translates: what the copy ran once need not be translated again.</remarks>
    public async Task<bool> RehearseAsync(Func<IMachine, CancellationToken, Task> act, CancellationToken cancel)
    {
        if (plan.Accelerator != Accelerator.Tcg)
            return false;
        await machine.RehearseAsync(act, cancel).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isTaken, 1) == 0)
            await EndAsync().ConfigureAwait(false);
    }

    /// <summary>A copy that differs from the frozen machine in what the guest can see would not be one.</summary>
    private void Check(MachineSpec spec, MachineFiles target)
    {
        if (MachineRecord.Read(target.Record) is { } other && other.IsAlive(out _))
            throw new QubeException($"Machine {spec.Name} runs already, with pid {other.Pid}");
        if ((spec.MemoryMiB, spec.Vcpus) != (plan.MemoryMiB, plan.Vcpus))
        {
            throw new QubeException(
                $"{spec.Name} with {spec.MemoryMiB} MiB and {spec.Vcpus} processors cannot be a copy of a machine with "
                + $"{plan.MemoryMiB} MiB and {plan.Vcpus}");
        }
        var wanted = DiskGraph.Present(spec.Volumes).Select(disk => disk.Volume.Name);
        if (!wanted.SequenceEqual(plan.Origin!.Disks.Select(disk => disk.Name)))
            throw new QubeException($"{spec.Name} has other disks than the machine that was reserved for it");
    }

    private async Task EndAsync()
    {
        await machine.KillAsync(CancellationToken.None).ConfigureAwait(false);
        await machine.DisposeAsync().ConfigureAwait(false);
        lost.TrySetResult();
    }

    private async Task WatchAsync()
    {
        await machine.Ended.ConfigureAwait(false);
        if (Volatile.Read(ref isTaken) == 0)
            lost.TrySetResult();
    }
}
