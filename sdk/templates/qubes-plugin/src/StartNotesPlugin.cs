using Autofac;
using Qubes.Sdk.Plugins;

namespace PLUGIN_NAMESPACE;

/// <summary>What the plugin consists of.</summary>
public sealed class PLUGIN_CLASSPlugin : QubesPlugin
{
    protected override void Load(ContainerBuilder builder) =>
        builder.RegisterType<StartClerk>().As<IKernelService>().SingleInstance();
}
