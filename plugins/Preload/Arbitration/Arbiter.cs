using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Refill;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>
/// Has pools give way while the host is short of memory, and come back afterwards. What is done when is <see cref="Restraint"/>'s to say.
/// </summary>
internal sealed class Arbiter(
    Restraint restraint, Pools pools, LivingPreloads lives, Discarding discarding, Refiller refiller, Shortfalls shortfalls, Affordability affordability,
    CopyCosts costs, IExtensions extensions, BackgroundWork background, IEventBus events, TimeProvider time, ILogger<Arbiter> log) : IKernelService
{
    /// <summary>A removal that takes longer goes on by itself.</summary>
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(10);

    private static readonly DiscardReason Reason = new(DiscardKind.ShortOfMemory, "the host is short of memory");

    private readonly List<IDisposable> subscriptions = [];
    private TaskCompletionSource changed = NewSignal();
    private bool isRunning;

    public Task StartAsync(CancellationToken cancel)
    {
        subscriptions.AddRange(
        [
            events.Subscribe<HostMemoryPressureChanged>(_ => Observe()),
            events.Subscribe<FeatureSet>(e => OnFeature(e.Qube, e.Feature)),
            events.Subscribe<FeatureDeleted>(e => OnFeature(e.Qube, e.Feature)),
            events.Subscribe<QubeRemoved>(e => Forget(e.Qube)),
        ]);
        extensions.Changed += Observe;
        affordability.MayBeTried += OnMayBeTried;
        Observe();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        extensions.Changed -= Observe;
        affordability.MayBeTried -= OnMayBeTried;
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return Task.CompletedTask;
    }

    // Limits hold from this turn on.
    private void Observe()
    {
        var (before, now) = (restraint.Pressure, extensions.Broker()?.Pressure ?? MemoryPressure.None);
        if (now == before)
            return;
        var seen = pools.Read();
        restraint.Observe(time.GetUtcNow(), now, seen.Needs);
        if (now == MemoryPressure.None)
            Log.Relieved(log, (int)restraint.HoldOffLength.TotalSeconds);
        else
            Log.Pressed(log, now.ToString(), seen.Needs.Sum(p => p.Held));
        if (!isRunning)
            background.Start("sharing scarce memory among preloads", RunAsync);
        else
            changed.TrySetResult();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        isRunning = true;
        try
        {
            while (await StepAsync(stop))
            {
                // Each step looks anew.
            }
        }
        finally
        {
            isRunning = false;
        }
    }

    private async Task<bool> StepAsync(CancellationToken stop)
    {
        var seen = pools.Read();
        var queued = seen.Templates.Index().SelectMany(t => lives.QueuedOf(t.Item).Select(p => (Preload: p, Pool: t.Index))).ToList();
        var candidates = queued.Select(q => CandidateOf(q.Preload, q.Pool, seen.Needs[q.Pool])).ToList();
        switch (restraint.Next(time.GetUtcNow(), seen.Needs, candidates))
        {
            case ArbiterStep.Reclaim reclaim:
                await discarding.EndAsync([queued[reclaim.Candidate].Preload], Reason, stop).WaitAsync(LongestRemoval, time, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                stop.ThrowIfCancellationRequested();
                return true;
            case ArbiterStep.Grow grow:
                refiller.Schedule(seen.Templates[grow.Pool], "memory is no longer short");
                return true;
            case ArbiterStep.Wait wait:
                await WaitAsync(wait.Until, stop);
                return true;
            case ArbiterStep.Rest:
                Log.Unrestrained(log);
                TryShortAgain();
                return false;
            default:
                throw new InvalidOperationException("unknown step");
        }
    }

    private async Task WaitAsync(DateTimeOffset? until, CancellationToken stop)
    {
        changed = NewSignal();
        var longest = until is { } at ? at - time.GetUtcNow() : Timeout.InfiniteTimeSpan;
        await changed.Task.WaitAsync(longest, time, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stop.ThrowIfCancellationRequested();
    }

    private static VictimCandidate CandidateOf(PreloadLife preload, int pool, PoolNeed need) => new(
        pool, OutdatedTest.ClassOf(preload), preload.Stage == PreloadStage.Paused ? preload.ReadySince ?? DateTimeOffset.MinValue : null,
        preload.HostMemory is { } memory ? memory.ProportionalKiB * 1024 : need.BytesEach);

    // What one template gives up is another's.
    private void OnFeature(IQube qube, string feature)
    {
        if (feature is PreloadFeatures.Max or PreloadFeatures.Weight or PreloadFeatures.Drained or PreloadFeatures.Threshold)
            TryShortAgain(but: qube);
    }

    private void TryShortAgain(IQube? but = null)
    {
        foreach (var template in shortfalls.OfMemory.Where(t => t != but).ToList())
        {
            shortfalls.Clear(template);
            refiller.Schedule(template, "memory may suffice now");
        }
    }

    private void OnMayBeTried(IQube template) => refiller.Schedule(template, "others have started");

    private void Forget(IQube qube)
    {
        restraint.Forget(qube.Name);
        costs.Forget(qube);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
