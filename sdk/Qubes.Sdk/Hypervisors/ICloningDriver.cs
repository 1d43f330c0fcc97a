using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Hypervisors;

/// <summary>
/// Capability <c>clone</c> of a driver: machines that begin as copies of one that was frozen after its boot, and share its memory
/// with it until they write to it (design, section 5). Members may be used from any thread.
/// </summary>
public interface ICloningDriver : IHypervisorDriver
{
    /// <summary>
    /// Names everything of a machine that a frozen one must have had in common with its copy, beside the content of the disks:
    /// kernel, hypervisor, processor, memory size, command line. Name and UUID have no part in it.
    /// </summary>
    /// <param name="spec">With <see cref="MachineSpec.IsFreezable"/>; its volumes are not looked at.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>64 hexadecimal digits.</returns>
    /// <exception cref="QubeException">A machine like this cannot be frozen.</exception>
    Task<string> KeyOfAsync(MachineSpec spec, CancellationToken cancel);

    /// <summary>The memory templates that are whole; a half-made one is never among them.</summary>
    IReadOnlyList<MemoryTemplate> MemoryTemplates { get; }

    /// <summary>
    /// Stops a machine, keeps its memory and its devices' state, and ends it. Nothing of it is kept unless all of it is.
    /// </summary>
    /// <param name="machine">Built from a spec with <see cref="MachineSpec.IsFreezable"/>; running.</param>
    /// <param name="key">What it is called from now on: 64 hexadecimal digits, those of no other memory template.</param>
    /// <param name="keepDisks">
    /// Called once, with the machine stopped and everything that it wrote in its volumes' layers: has the pools keep them
    /// (<see cref="IFreezingPool.FreezeAsync"/>). What it throws undoes the rest.
    /// </param>
    /// <param name="cancel">Ends it; the machine is ended in any case.</param>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words.</exception>
    Task<MemoryTemplate> FreezeAsync(IMachine machine, string key, Func<CancellationToken, Task> keepDisks, CancellationToken cancel);

    /// <summary>
    /// Starts the hypervisor's process for a copy that nobody has asked for yet: empty, with its disks, waiting for its memory.
    /// </summary>
    /// <param name="template">One of <see cref="MemoryTemplates"/>.</param>
    /// <param name="disks">Fresh layers on the frozen disks (<see cref="IFreezingPool.PrepareAsync"/>), in the frozen machine's order.</param>
    /// <param name="memory">Shared with the template until written to, or the copy's own.</param>
    /// <param name="cancel">Ends it; nothing of it stays.</param>
    /// <exception cref="QubeException">The hypervisor refuses, or the template is gone.</exception>
    Task<IReservedMachine> ReserveAsync(
        MemoryTemplate template, IReadOnlyList<PreparedVolume> disks, CloneMemory memory, CancellationToken cancel);

    /// <summary>Forgets a memory template; copies that run are not touched. Quiet when there is none.</summary>
    Task RemoveAsync(string key, CancellationToken cancel);
}
