using Autofac;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.GuiHiding;

/// <summary>Preloads are kept out of people's sight until they are used (spec: preloaded disposables, sections 2 and 10).</summary>
public sealed class GuiHidingPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder) => builder.RegisterType<HidingRules>().As<IKernelService>().SingleInstance();
}
