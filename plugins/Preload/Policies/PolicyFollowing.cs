using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>Has queues follow their policies as time passes, and when a policy is chosen or a template drained.</summary>
internal sealed class PolicyFollowing(
    PolicyTargets targets, PolicyViews views, PolicyChoice policies, DemandRecords demands, BatchRecords batches, PreloadSettings settings,
    PreloadQueue queue, Refiller refiller, AvailableMemory memory, HostPowerReader power, BackgroundWork background, IEventBus events, IQubes qubes,
    IExtensions extensions, TimeProvider time) : IKernelService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly List<IDisposable> subscriptions = [];

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<FeatureSet>(e => OnFeature(e.Qube, e.Feature, e.Value != e.OldValue)),
            events.Subscribe<FeatureDeleted>(e => OnFeature(e.Qube, e.Feature, isChanged: true)),
            events.Subscribe<QubeRemoved>(e => Forget(e.Qube)),
            events.Subscribe<PreloadDecided>(OnDecided),
            events.Subscribe<HostMemoryPressureChanged>(_ => AskSoon()),
            events.Subscribe<QubeStarted>(e => OnNetwork(e.Qube)),
            events.Subscribe<QubeShutdown>(e => OnNetwork(e.Qube)),
        ]);
        extensions.Changed += AskSoon;
        background.Start("following policies", RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        extensions.Changed -= AskSoon;
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return Task.CompletedTask;
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(Interval, time, stop);
            // A round of its own, so that one that fails does not end those after it.
            background.Start("asking policies", AskAllAsync);
        }
    }

    private async Task AskAllAsync(CancellationToken stop)
    {
        if (Followed.Any())
        {
            views.AvailableBytes = await memory.ReadAsync(stop);
            views.Power = await Task.Run(power.Read, stop);
        }
        foreach (var template in Followed.ToList())
        {
            demands.Pass(template);
            Follow(template);
        }
    }

    /// <summary>Templates whose policy may change its mind.</summary>
    private IEnumerable<IQube> Followed =>
        qubes.Where(q => settings.MaxOf(q) > 0 && policies.NameFor(q) != StaticPolicy.PolicyName);

    private void Follow(IQube template)
    {
        var before = targets.Of(template).Count;
        var target = targets.Reconsider(template);
        // A request may have lowered it since, and left more than are wanted.
        if (target.Count != before || PreloadQueue.Names(template).Count > queue.LongestOf(template))
            refiller.Schedule(template, $"{target.Count} are wanted: {target.Reason}");
    }

    // Policies came or went, or what they look at is another than it was.
    private void AskSoon() => background.Post("asking policies", AskAllAsync);

    private void OnNetwork(IQube qube)
    {
        if (qube.Class != QubeClass.AdminVM && qube.Properties.Get(QubeProperties.ProvidesNetwork))
            AskSoon();
    }

    private void OnDecided(PreloadDecided e)
    {
        if (targets.Take(e.Qube, e.Policy, e.Target) || PreloadQueue.Names(e.Qube).Count > queue.LongestOf(e.Qube))
            refiller.Schedule(e.Qube, $"{e.Target.Count} are wanted: {e.Target.Reason}");
    }

    private void OnFeature(IQube qube, string feature, bool isChanged)
    {
        if (!isChanged || feature is not (PreloadFeatures.Policy or PreloadFeatures.Drained))
            return;
        var concerned = qube.Class == QubeClass.AdminVM ? qubes.Where(q => settings.MaxOf(q) > 0) : [qube];
        foreach (var template in concerned.Where(q => settings.MaxOf(q) > 0 && queue.TargetOf(q) != PreloadQueue.Names(q).Count).ToList())
            refiller.Schedule(template, feature == PreloadFeatures.Policy ? "its policy was changed" : "it was drained, or is no longer");
    }

    private void Forget(IQube template)
    {
        targets.Forget(template);
        demands.Forget(template);
        batches.Forget(template);
    }
}
