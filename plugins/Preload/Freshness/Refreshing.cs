using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Freshness;

/// <summary>
/// Replaces preloads that something made outdated (spec: preloaded disposables, section 6, "refresh outdated"): those that may be
/// handed out one by one; the others too where the delay is <c>auto</c>, else they go at once, as in the reference.
/// </summary>
internal sealed class Refreshing(
    LivingPreloads lives, PreloadSettings settings, Discarding discarding, Refiller refiller, Breakers breakers)
{
    /// <summary>With <c>auto</c>: settings are often changed several at a time.</summary>
    private static readonly TimeSpan LongestWaitOfAuto = TimeSpan.FromSeconds(1);

    /// <summary>Only queued ones: one that somebody was promised is left alone.</summary>
    public void Refresh(IQube template, string reason, TimeSpan refillAfter)
    {
        // What made its preloads fail may be gone.
        var hasFailed = breakers.Of(template).State != BreakerState.Closed;
        breakers.Of(template).Close();
        var outdated = lives.QueuedOf(template).Where(p => OutdatedTest.ClassOf(p) != FreshnessClass.Fresh).ToList();
        if (outdated.Count == 0 && !hasFailed)
            return;
        var isAuto = settings.IsAuto(template);
        discarding.Discard([.. outdated.Where(p => IsUseless(p, isAuto))], new(DiscardKind.Outdated, reason));
        refiller.Schedule(template, reason, isAuto && refillAfter > LongestWaitOfAuto ? LongestWaitOfAuto : refillAfter);
    }

    private static bool IsUseless(PreloadLife preload, bool isAuto) =>
        OutdatedTest.ClassOf(preload) == FreshnessClass.Discard && (!isAuto || preload.Stage != PreloadStage.Paused);
}
