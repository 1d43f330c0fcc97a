using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Refill;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Freshness;

/// <summary>Replaces preloads that something made outdated (spec: preloaded disposables, section 6, "refresh outdated").</summary>
internal sealed class Refreshing(LivingPreloads lives, Discarding discarding, Refiller refiller)
{
    /// <summary>Only queued ones: one that somebody was promised is left alone.</summary>
    public void Refresh(IQube template, string reason, TimeSpan refillAfter)
    {
        var outdated = lives.QueuedOf(template).Where(p => OutdatedTest.Reason(p) is not null).ToList();
        if (outdated.Count == 0)
            return;
        discarding.Discard(outdated, new(DiscardKind.Outdated, reason));
        refiller.Schedule(template, reason, refillAfter);
    }
}
