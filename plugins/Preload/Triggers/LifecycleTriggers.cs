using Qubes.Plugins.Preload.Arbitration;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Triggers;

/// <summary>Something runs, ends or is removed (spec: preloaded disposables, section 6, triggers 9 to 11, 19, 21).</summary>
internal sealed class LifecycleTriggers(
    LivingPreloads lives, PreloadRecords records, Refreshing refreshing, Refiller refiller, Discarding discarding, Handover handover,
    Shortfalls shortfalls, Restraint restraint, Breakers breakers, PreloadSettings settings, BackgroundWork background, IQubes qubes,
    TimeProvider time)
{
    private static readonly TimeSpan LongestRemoval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefillAfterCommit = TimeSpan.FromSeconds(4);

    /// <summary>A ready one that runs is somebody's, whoever let it run.</summary>
    public async Task OnUnpausedAsync(QubeUnpaused e, CancellationToken cancel)
    {
        // Its caller is told what went wrong, and is the one to be told.
        if (lives.TryFind(e.Qube, out var preload) && IsHandedOverBy(preload))
        {
            await handover.UseAsync(preload).WaitAsync(cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    public void OnShutdown(QubeShutdown e)
    {
        if (restraint.Pressure == MemoryPressure.None)
            TryShortAgain(e.Qube);
        if (lives.TryFind(e.Qube, out var preload))
            OnGone(preload);
        else if (PreloadSettings.AllowsDisposables(e.Qube))
            refreshing.Refresh(e.Qube, "its volumes were committed", RefillAfterCommit);
        else if (e.Qube.Class == QubeClass.TemplateVM)
            RefreshAllOn(e.Qube);
    }

    public void OnRemoved(QubeRemoved e)
    {
        breakers.Forget(e.Qube);
        settings.Leaving.Remove(e.Qube);
        shortfalls.Clear(e.Qube);
        if (!lives.TryFind(e.Qube, out var preload))
            return;
        OnGone(preload);
        lives.Remove(preload);
    }

    /// <summary>They go with their template, before it.</summary>
    public async Task OnRemovingAsync(QubeRemoving e, CancellationToken cancel)
    {
        if (!PreloadSettings.AllowsDisposables(e.Qube))
            return;
        settings.Leaving.Add(e.Qube);
        background.Start($"preloading of '{e.Qube.Name}'", stop => ReturnAsync(e.Qube, stop));
        await discarding.EndAllOfAsync(e.Qube, new(DiscardKind.Template, "its template is removed"), cancel);
    }

    private void TryShortAgain(IQube ended)
    {
        foreach (var template in shortfalls.OfMemory.Where(t => t != ended.Template || !lives.TryFind(ended, out _)).ToList())
        {
            shortfalls.Clear(template);
            refiller.Schedule(template, $"'{ended.Name}' gave memory back");
        }
    }

    private static bool IsHandedOverBy(PreloadLife preload) => preload.Stage switch
    {
        PreloadStage.Paused => true,
        PreloadStage.Requested => preload.IsCompleted,
        // Its first run, or nobody's business any more.
        PreloadStage.Created or PreloadStage.Starting or PreloadStage.Operational or PreloadStage.Connecting or PreloadStage.Used
            or PreloadStage.Discarded => false,
        _ => throw new InvalidOperationException($"unknown stage {preload.Stage}"),
    };

    // Somebody may refuse the removal after all, and tells nobody.
    private async Task ReturnAsync(IQube template, CancellationToken stop)
    {
        do
            await Task.Delay(LongestRemoval, time, stop);
        while (lives.All.Any(p => p.Template == template));
        if (settings.Leaving.Remove(template) && settings.MaxOf(template) > 0)
            refiller.Schedule(template, "it was not removed");
    }

    private void OnGone(PreloadLife preload)
    {
        var wasReady = preload.Stage == PreloadStage.Paused;
        PreloadQueue.Remove(preload.Template, [preload.Qube.Name]);
        preload.End();
        if (wasReady)
            records.Discarded(preload, new(DiscardKind.Ended, "its machine ended"));
        if (wasReady)
            refiller.FillGap(preload.Template);
    }

    private void RefreshAllOn(IQube @base)
    {
        foreach (var template in qubes.Where(q => q.Template == @base && PreloadSettings.AllowsDisposables(q)).ToList())
            refreshing.Refresh(template, "its template's volumes were committed", RefillAfterCommit);
    }
}
