using Autofac;
using Qubes.Kernel.Plugins.Presets;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// The plugin host. The kernel supplies <c>IKernelLoop</c> and <c>Func&lt;string, int, IEventBus&gt;</c>, the daemon
/// <c>QubesPaths</c>, <c>IConfiguration</c>, <c>ILoggerFactory</c>, <c>ILogger&lt;T&gt;</c> and <c>TimeProvider</c>.
/// </summary>
internal sealed class PluginModule : Module
{
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => ReadPresets(c.Resolve<QubesPaths>())).SingleInstance();
        builder.Register(_ => PluginTrust.ForThisProcess()).SingleInstance();
        builder.RegisterType<PluginDiscovery>().SingleInstance();
        builder.RegisterType<PluginActivator>().SingleInstance();
        builder.RegisterType<PluginExtensions>().AsSelf().As<IExtensions>().SingleInstance();
        builder.RegisterType<ServiceRunner>().SingleInstance();
        builder.RegisterType<PluginHost>().SingleInstance();
    }

    private static PluginPresets ReadPresets(QubesPaths paths) =>
        PluginPresets.Read(paths.Configuration + "/plugin-preset.d", paths.ShippedPresets);
}
