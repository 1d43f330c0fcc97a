using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Recovery;

/// <summary>
/// Makes of what an earlier daemon left what the spec's table says (preloaded disposables, section 7): a complete preload that
/// nobody requested is kept as it is, everything else is removed. Machines were taken over before.
/// </summary>
internal sealed class Recovering(
    LivingPreloads lives, PreloadRecords records, PreloadSettings settings, Discarding discarding, Refreshing refreshing, MemoryFigures figures,
    BackgroundWork background, IQubes qubes, IEventBus events, ILogger<Recovering> log)
{
    private static readonly TimeSpan RefillAfter = TimeSpan.FromSeconds(4);

    public void Run()
    {
        foreach (var disposable in qubes.Where(q => q.Class == QubeClass.DispVM && IsOurs(q)).ToList())
            Recover(disposable);
        foreach (var template in qubes.Where(q => q.Features.ContainsKey(PreloadFeatures.Queue)).ToList())
        {
            DropUnknown(template);
            // The earlier daemon was ended between a lower maximum and what follows from it.
            discarding.Trim(template, settings.MaxOf(template), new(DiscardKind.Excess, "more are preloaded than wanted"));
            refreshing.Refresh(template, "it changed while no daemon ran", RefillAfter);
        }
    }

    private void Recover(IQube disposable)
    {
        var preload = PreloadLife.Recover(disposable, events);
        lives.Add(preload);
        if (!IsReady(disposable))
            discarding.Discard([preload], new(DiscardKind.LeftOver, "an earlier daemon left it unready, requested or discarded"));
        else
            Keep(preload);
    }

    private void Keep(PreloadLife preload)
    {
        records.Kept(preload);
        background.Start($"measuring '{preload.Qube.Name}'", cancel => figures.NoteReadyAsync(preload, cancel));
    }

    private void DropUnknown(IQube template)
    {
        var kept = lives.QueuedOf(template).Select(p => p.Qube.Name).ToHashSet();
        PreloadQueue.Remove(template, [.. PreloadQueue.Names(template).Where(n => !kept.Contains(n))]);
        Log.Recovered(log, template.Name, kept.Count);
    }

    // Others have been used: their part in preloading is over.
    private static bool IsOurs(IQube disposable) =>
        PreloadQueue.Contains(disposable.Template!, disposable) || IsTrue(disposable, PreloadFeatures.InProgress);

    // One that runs although it was left paused was let run by somebody: nobody is to get it.
    private static bool IsReady(IQube disposable) =>
        PreloadQueue.Contains(disposable.Template!, disposable)
        && IsTrue(disposable, PreloadFeatures.Completed)
        && !IsTrue(disposable, PreloadFeatures.InProgress)
        && disposable.PowerState == PowerState.Paused;

    private static bool IsTrue(IQube qube, string feature) => qube.Features.GetValueOrDefault(feature) is { Length: > 0 };
}
