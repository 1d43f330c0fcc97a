using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Disposables;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Rules;
using Qubes.Kernel.Domains.Volumes;
using Qubes.Kernel.Events;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel;

/// <summary>
/// The kernel without its plugin host. The daemon supplies <c>QubesPaths</c>, <c>KernelOptions</c>, <c>ILoggerFactory</c>,
/// <c>ILogger&lt;T&gt;</c>, <c>TimeProvider</c> and <c>Random</c>.
/// </summary>
internal sealed class KernelModule : Module
{
    // Loop, store and subscriptions end in the order of KernelStartup.StopAsync, not in the container's.
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => StateStore.Open(c.Resolve<QubesPaths>().State + "/state.db", c.Resolve<ILogger<StateStore>>()))
            .AsSelf().As<IStateWriter>().As<ITurnCommitter>().SingleInstance().ExternallyOwned();
        builder.RegisterType<KernelLoop>().AsSelf().As<IKernelLoop>().SingleInstance().ExternallyOwned();
        builder.RegisterType<EventBus>().SingleInstance();
        builder.Register<Func<string, int, IEventBus>>(c => c.Resolve<EventBus>().ForOwner).SingleInstance();
        builder.Register(c => c.Resolve<EventBus>().ForOwner("kernel", EventRank.Kernel))
            .As<IEventBus>().SingleInstance().ExternallyOwned();
        builder.RegisterType<KernelContext>().SingleInstance();
        builder.RegisterType<QubeRegistry>().AsSelf().As<IQubes>().SingleInstance();
        builder.RegisterTypes(
                typeof(FeatureRules), typeof(TemplateRules), typeof(AppearanceRules), typeof(NetworkRules), typeof(GuiRules),
                typeof(SystemRules), typeof(CreatorRules))
            .As<IDomainRules>().SingleInstance();
        builder.RegisterType<DeferredNetworks>().As<IDomainRules>().As<IDeferredNetworks>().SingleInstance();
        builder.RegisterType<VolumeOperations>().As<IVolumes>().SingleInstance();
        builder.RegisterType<DisposableService>().As<IDisposables>().SingleInstance();
        builder.RegisterType<PluginUse>().As<IPluginUse>().SingleInstance();
        builder.RegisterType<KernelStartup>().As<IKernelStartup>().SingleInstance();
    }
}
