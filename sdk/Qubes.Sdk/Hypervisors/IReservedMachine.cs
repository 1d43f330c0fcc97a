using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Hypervisors;

/// <summary>A hypervisor's process that waits to become a copy of a frozen machine. Disposing of it ends it, unless it became one.</summary>
public interface IReservedMachine : IAsyncDisposable
{
    /// <summary>Completes when the process has ended without having become a machine; never faults.</summary>
    Task Lost { get; }

    /// <summary>
    /// Becomes the machine of a qube, restored, its processors stopped. <see cref="IMachine.BootAsync"/> lets them go; the machine
    /// then has the frozen one's identity until the kernel has given its agent another one. Once only; on failure nothing stays.
    /// </summary>
    /// <param name="spec">The qube's; its volumes are those that the disks have become.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words, or the process has ended.</exception>
    Task<IMachine> RestoreAsync(MachineSpec spec, CancellationToken cancel);
}
