using Autofac;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.Simulation;

/// <summary>
/// Offers the test kit's hypervisor to a real daemon (<c>qubesd --hypervisor simulated</c>), for tests of clients and of
/// load that need no machines.
/// </summary>
public sealed class SimulationPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder) =>
        builder.RegisterType<SimulatedHypervisor>().As<IHypervisorDriver>().SingleInstance();
}
