using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Recovery;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Triggers;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload;

/// <summary>Connects the plugin's parts with what happens in the system.</summary>
internal sealed class Preloading(
    LivingPreloads lives, Recovering recovering, FeatureTriggers features, PropertyTriggers properties, LifecycleTriggers lifecycles,
    SuspendTriggers suspends, ShrinkBeforePause memory, RequestsInFlight requests, Refiller refiller, Breakers breakers, BackgroundWork background,
    IEventBus events) : IKernelService, IPreloads
{
    private readonly List<IDisposable> subscriptions = [];

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<FeatureSet>(features.OnSet),
            events.Subscribe<FeatureDeleted>(features.OnDeleted),
            events.Subscribe<PropertySetting>(properties.OnSetting),
            events.Subscribe<PropertyResetting>(properties.OnResetting),
            events.Subscribe<PropertySet>(properties.OnSet),
            events.Subscribe<PropertyReset>(properties.OnReset),
            events.SubscribeAsync<QubeUnpaused>(lifecycles.OnUnpausedAsync),
            events.SubscribeAsync<QubePausing>(memory.OnPausingAsync),
            events.Subscribe<QubeShutdown>(lifecycles.OnShutdown),
            events.SubscribeAsync<QubeRemoving>(lifecycles.OnRemovingAsync),
            events.Subscribe<QubeRemoved>(lifecycles.OnRemoved),
            events.SubscribeAsync<HostSuspending>(suspends.OnSuspendingAsync),
            events.Subscribe<HostResumed>(suspends.OnResumed),
            events.Subscribe<QubeCreatedOnDisk>(requests.OnCreated),
            events.Subscribe<QubeStarting>(requests.OnStarting),
            events.Subscribe<QubeStarted>(requests.OnStarted),
            events.Subscribe<QubeStartFailed>(requests.OnStartFailed),
            events.Subscribe<QubeShutdown>(requests.OnShutdown),
            events.Subscribe<QubeRemoved>(requests.OnRemoved),
        ]);
        recovering.Run();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await background.StopAsync();
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }

    public bool IsPreload(IQube qube) =>
        (qube.Template is { } template && PreloadQueue.Contains(template, qube))
        || (lives.TryFind(qube, out var preload) && preload.Stage == PreloadStage.Requested);

    public bool IsNobodys(IQube qube) => IsPreload(qube) || (lives.TryFind(qube, out var preload) && preload.Stage == PreloadStage.Discarded);

    public async Task FillAsync(IQube template, CancellationToken cancel)
    {
        if (!PreloadSettings.AllowsDisposables(template))
            throw new QubesException($"'{template.Name}' cannot be the base of a disposable: template_for_dispvms is not set on it");
        breakers.Of(template).Close();
        var fill = refiller.FillAsync(template, "preloading was asked for", default, background.Stopping);
        background.Track(fill);
        await fill.WaitAsync(cancel);
    }
}
