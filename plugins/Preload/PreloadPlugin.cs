using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Leases;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Metrics;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Readiness;
using Qubes.Plugins.Preload.Recovery;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Status;
using Qubes.Plugins.Preload.Traces;
using Qubes.Plugins.Preload.Triggers;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload;

/// <summary>Preloaded disposables (spec: preloaded disposables).</summary>
public sealed class PreloadPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c =>
        {
            var log = c.Resolve<ILogger<BackgroundWork>>();
            return new BackgroundWork(c.Resolve<IKernelLoop>(), (what, e) => Log.WorkFailed(log, what, e.Message), (what, e) => Log.WorkBroke(log, what, e));
        }).SingleInstance();
        builder.RegisterTypes(
                typeof(PreloadSettings), typeof(PreloadQueue), typeof(LivingPreloads), typeof(PreloadStarter),
                typeof(GuestReadiness), typeof(Discarding), typeof(AvailableMemory), typeof(Shortfalls), typeof(Refiller),
                typeof(Filling), typeof(Affordability), typeof(Breakers), typeof(RequestsInFlight), typeof(SuspendTriggers),
                typeof(Refreshing), typeof(Handover), typeof(Recovering), typeof(FeatureTriggers), typeof(PropertyTriggers),
                typeof(LifecycleTriggers), typeof(PolicyChoice), typeof(PolicyTargets), typeof(PolicyViews), typeof(BatchRecords),
                typeof(DemandRecords), typeof(History),
                typeof(PreloadRecords), typeof(StatusReader), typeof(PreloadMetrics), typeof(Restraint), typeof(Pools), typeof(CopyCosts),
                typeof(MemoryFigures), typeof(ShrinkBeforePause), typeof(LeaseDraw), typeof(HeldLeases))
            .SingleInstance();
        builder.Register(_ => new HostPowerReader()).SingleInstance();
        builder.RegisterTypes(typeof(FeatureRules), typeof(Arbiter)).As<IKernelService>().SingleInstance();
        builder.RegisterTypes(typeof(StaticPolicy), typeof(AdaptivePolicy)).As<IPreloadPolicy>().SingleInstance();
        builder.RegisterTypes(typeof(PolicyRules), typeof(PolicyFollowing), typeof(MetricsServer)).As<IKernelService>().SingleInstance();
        builder.RegisterType<QueueRules>().As<IKernelService>().SingleInstance();
        builder.RegisterType<Preloading>().As<IKernelService>().As<IPreloads>().As<IUnclaimedQubes>().SingleInstance();
        builder.RegisterType<LeasedDemand>().AsSelf().As<IAnnouncedDemand>().SingleInstance();
        builder.RegisterType<BatchLeases>().AsSelf().As<IKernelService>().As<IDisposableLeases>().SingleInstance();
        builder.RegisterType<TraceRecorder>().AsSelf().As<IKernelService>().SingleInstance();
        builder.RegisterType<PreloadSource>().SingleInstance();
        builder.RegisterType<MissedRequests>().AsSelf().As<IKernelService>().SingleInstance();
        builder.RegisterType<MeasuredSource>().As<IDisposableSource>().SingleInstance();
        builder.RegisterTypes(typeof(StatusMethods), typeof(UpkeepMethods), typeof(LeaseMethods), typeof(TraceMethods)).As<IAdminMethodProvider>().SingleInstance();
    }
}
