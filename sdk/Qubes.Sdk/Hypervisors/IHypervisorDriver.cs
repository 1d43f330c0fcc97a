using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Hypervisors;

/// <summary>Extension point: builds and finds machines.</summary>
public interface IHypervisorDriver
{
    /// <summary>The name it is chosen by, e.g. <c>qemu</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Builds a machine and leaves its processors stopped. On failure nothing of it stays.
    /// </summary>
    /// <exception cref="QubeException">The hypervisor refuses, with its own words.</exception>
    Task<IMachine> CreateAsync(MachineSpec spec, CancellationToken cancel);

    /// <summary>
    /// Called once, before the daemon serves: takes over every machine that an earlier daemon of this state directory left
    /// running, and ends and cleans whatever was half made.
    /// </summary>
    Task<IReadOnlyList<IMachine>> AdoptAsync(CancellationToken cancel);
}
