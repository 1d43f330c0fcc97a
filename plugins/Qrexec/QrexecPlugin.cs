using Autofac;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostServices;
using Qubes.Plugins.Qrexec.Policy;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Link;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec;

/// <summary>The host's side of qrexec: lines to the agents, and a daemon for each guest (spec: protocol, section 4).</summary>
public sealed class QrexecPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterInstance(new LinkOptions());
        builder.Register(c => new PolicyDirectory(c.Resolve<QubesPaths>().Configuration + "/policy.d")).SingleInstance();
        builder.RegisterType<GuestCalls>().SingleInstance();
        builder.RegisterType<ProgramServices>().SingleInstance();
        builder.RegisterType<PluginServices>().SingleInstance();
        builder.RegisterType<AdminServices>().SingleInstance();
        builder.RegisterType<HostServiceKinds>().As<IHostServices>().SingleInstance();
        builder.RegisterType<DataRelays>().SingleInstance();
        builder.RegisterType<AgentSessions>().SingleInstance();
        builder.RegisterType<GuestAgent>().InstancePerDependency().ExternallyOwned();
        builder.RegisterType<GuestAgents>().As<IGuestAgents>().As<IGuestServices>().As<IKernelService>().SingleInstance();
    }
}
