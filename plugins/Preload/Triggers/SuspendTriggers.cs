using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Triggers;

/// <summary>
/// The host sleeps and wakes (spec: preloaded disposables, section 6, triggers 17 and 18). Preloads are gone before it sleeps, so
/// that none is resumed and taken for used; requested ones are their callers'.
/// </summary>
internal sealed class SuspendTriggers(
    LivingPreloads lives, PreloadSettings settings, Discarding discarding, Refiller refiller, IQubes qubes, ILogger<SuspendTriggers> log)
{
    private const string Reason = "the host suspends";

    public async Task OnSuspendingAsync(HostSuspending e, CancellationToken cancel)
    {
        settings.IsHostAsleep = true;
        var queued = lives.All.Where(p => p.Stage.IsQueued()).ToList();
        Log.Suspending(log, queued.Count);
        await discarding.EndAsync(queued, new(DiscardKind.Suspend, Reason), cancel);
    }

    public void OnResumed(HostResumed e)
    {
        settings.IsHostAsleep = false;
        foreach (var template in qubes.Where(q => settings.MaxOf(q) > 0).ToList())
            refiller.Schedule(template, "the host has resumed");
    }
}
