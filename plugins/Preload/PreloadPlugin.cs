using Autofac;
using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload;

/// <summary>Preloaded disposables (spec: preloaded disposables).</summary>
public sealed class PreloadPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterType<FeatureRules>().As<IKernelService>().SingleInstance();
        builder.RegisterType<FeatureReserve>().As<IDisposableReserve>().SingleInstance();
    }
}
