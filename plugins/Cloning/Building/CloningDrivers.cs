using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>The hypervisor drivers that can copy machines.</summary>
internal sealed class CloningDrivers(IExtensions extensions)
{
    public IReadOnlyList<ICloningDriver> All => [.. extensions.All<IHypervisorDriver>().OfType<ICloningDriver>()];

    /// <summary>The driver that builds such a machine, if it can copy; null: it cannot.</summary>
    public ICloningDriver? For(MachineSpec spec) => All.FirstOrDefault(d => spec.Hypervisor is null || d.Name == spec.Hypervisor);
}
