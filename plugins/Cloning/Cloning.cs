using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning;

/// <summary>Connects the plugin's parts with what happens in the system.</summary>
internal sealed class Cloning(
    Recovering recovering, BuildQueue builds, ChangeTriggers changes, PressureTriggers pressure, TemplateRecords records, BackgroundWork background,
    IEventBus events) : IKernelService
{
    private readonly List<IDisposable> subscriptions = [];

    public async Task StartAsync(CancellationToken cancel)
    {
        await recovering.RunAsync();
        subscriptions.AddRange(
        [
            events.Subscribe<PropertySet>(changes.OnSet),
            events.Subscribe<PropertyReset>(changes.OnReset),
            events.Subscribe<FeatureSet>(changes.OnFeatureSet),
            events.Subscribe<FeatureDeleted>(changes.OnFeatureDeleted),
            events.Subscribe<QubeStarted>(changes.OnStarted),
            events.Subscribe<QubeShutdown>(changes.OnShutdown),
            events.Subscribe<VolumeImported>(changes.OnImported),
            events.Subscribe<VolumeImportEnded>(changes.OnImportEnded),
            events.SubscribeAsync<QubeRemoving>(changes.OnRemovingAsync),
            events.Subscribe<QubeRemoved>(changes.OnRemoved),
            events.Subscribe<HostMemoryPressureChanged>(pressure.OnPressure),
        ]);
        builds.Run();
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await background.StopAsync();
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        foreach (var record in records.WithReady)
            await Reserves.EmptyAsync(record.Ready!);
    }
}
