using Autofac;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Autostart;

/// <summary>Qubes that start with the host (spec: domain model, section 3, <c>autostart</c>).</summary>
public sealed class AutostartPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterType<UnitLinks>().SingleInstance();
        builder.RegisterType<AutostartRules>().As<IKernelService>().SingleInstance();
    }
}
