using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Clients;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Plugins.MemoryManager.Settings;
using Qubes.Plugins.MemoryManager.Shrinking;
using Qubes.Plugins.MemoryManager.Status;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager;

/// <summary>Shares the host's memory out among running qubes (spec: qmemman).</summary>
public sealed class MemoryManagerPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c =>
        {
            var log = c.Resolve<ILogger<BackgroundWork>>();
            return new BackgroundWork(c.Resolve<IKernelLoop>(), (what, e) => Log.WorkFailed(log, what, e.Message), (what, e) => Log.WorkBroke(log, what, e));
        }).SingleInstance();
        builder.Register(c => MemoryOptions.Read(c.Resolve<IConfiguration>())).SingleInstance();
        builder.Register(_ => new ProcMeminfo()).As<IHostMemory>().SingleInstance();
        builder.RegisterTypes(
                typeof(Ledger), typeof(Measuring), typeof(ClaimBook), typeof(ClaimDesk), typeof(HostShare), typeof(Balancer),
                typeof(BalanceSwitch), typeof(AvailableFile), typeof(Orders), typeof(Rounds), typeof(Shrinker), typeof(ClientConnection), typeof(ClientServer))
            .SingleInstance();
        builder.RegisterType<QubeGuests>().AsSelf().As<IGuestMemoryListener>().SingleInstance();
        builder.RegisterType<MemoryBroker>().As<IMemoryBroker>().SingleInstance();
        builder.RegisterType<StatusMethods>().As<IAdminMethodProvider>().SingleInstance();
        builder.RegisterType<MemoryManager>().As<IKernelService>().SingleInstance();
        builder.RegisterModule<PressureParts>();
    }
}
