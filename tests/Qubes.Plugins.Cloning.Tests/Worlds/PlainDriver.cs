using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>The simulated hypervisor as one that cannot copy.</summary>
internal sealed class PlainDriver(SimulatedHypervisor machines) : IHypervisorDriver
{
    public string Name => machines.Name;

    public Task<IMachine> CreateAsync(MachineSpec spec, CancellationToken cancel) => machines.CreateAsync(spec, cancel);

    public Task<IReadOnlyList<IMachine>> AdoptAsync(CancellationToken cancel) => machines.AdoptAsync(cancel);
}
