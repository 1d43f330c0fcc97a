using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Hypervisors;

/// <summary>A hypervisor's process that waits to become a copy of a frozen machine. Disposing of it ends it, unless it became one.</summary>
public interface IReservedMachine : IAsyncDisposable
{
    /// <summary>Completes when the process has ended without having become a machine; never faults.</summary>
    Task Lost { get; }

    /// <summary>
    /// Restores it ahead of its use and lets it run while <paramref name="act"/> runs; then its processors are stopped again, and
    /// <see cref="RestoreAsync"/> has the less to do. Once, before that; after a failure it can only be disposed of.
    /// </summary>
    /// <param name="act">What to do with the machine while it runs. It has the frozen one's identity at first.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>False: the driver has nothing to gain from that, and nothing was done.</returns>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words, or the process has ended.</exception>
    Task<bool> RehearseAsync(Func<IMachine, CancellationToken, Task> act, CancellationToken cancel) => Task.FromResult(false);

    /// <summary>
    /// Becomes the machine of a qube, restored, its processors stopped. <see cref="IMachine.BootAsync"/> lets them go; the machine
    /// then has the frozen one's identity until the kernel has given its agent another one. Once only; on failure nothing stays.
    /// </summary>
    /// <param name="spec">The qube's; its volumes are those that the disks have become.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words, or the process has ended.</exception>
    Task<IMachine> RestoreAsync(MachineSpec spec, CancellationToken cancel);
}
