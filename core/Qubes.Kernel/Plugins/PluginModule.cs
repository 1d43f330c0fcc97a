using Autofac;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Logs;
using Qubes.Kernel.Plugins.Settings;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>
/// The plugin host. The kernel supplies <c>IKernelLoop</c>, <c>EventBus</c> and <c>IPluginUse</c>, the daemon
/// <c>QubesPaths</c>, <c>IConfiguration</c>, <c>ILoggerFactory</c>, <c>ILogger&lt;T&gt;</c> and <c>TimeProvider</c>.
/// </summary>
internal sealed class PluginModule : Module
{
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(_ => PluginTrust.ForThisProcess()).SingleInstance();
        builder.RegisterType<PluginLogs>().SingleInstance();
        builder.RegisterType<PluginDiscovery>().SingleInstance();
        builder.RegisterType<GenerationFactory>().SingleInstance();
        builder.RegisterType<PluginSettings>().SingleInstance();
        builder.RegisterType<PluginActivator>().SingleInstance();
        builder.RegisterType<PluginExtensions>().AsSelf().As<IExtensions>().SingleInstance();
        builder.RegisterType<ServiceRunner>().SingleInstance();
        builder.RegisterType<PluginRoster>().SingleInstance();
        builder.RegisterType<PluginLife>().SingleInstance();
        builder.RegisterType<PluginHost>().SingleInstance();
        builder.RegisterType<PluginControl>().As<IPluginControl>().SingleInstance();
    }
}
