using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Discards;

/// <summary>
/// Ends preloads: out of the queue at once, then gone (spec: preloaded disposables, T9, T10, section 7.1). Off every caller's
/// path; safe to be asked for twice.
/// </summary>
internal sealed class Discarding(
    LivingPreloads lives, PreloadRecords records, IQubes qubes, PreloadSettings settings, BackgroundWork background, TimeProvider time, ILogger<Discarding> log)
{
    private const int MostTries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>Discards preloads of one template, with one write of its queue.</summary>
    /// <param name="preloads">Those that have not ended yet count.</param>
    /// <param name="reason">For people and counters.</param>
    /// <param name="after">How long until they are ended.</param>
    public void Discard(IReadOnlyCollection<PreloadLife> preloads, DiscardReason reason, TimeSpan after = default)
    {
        foreach (var preload in Mark(preloads, reason))
            background.Start($"removing '{preload.Qube.Name}'", stop => CleanAsync(preload, after, stop));
    }

    /// <summary>Discards all of a template, requested ones too, and returns when none is left.</summary>
    public async Task EndAllOfAsync(IQube template, DiscardReason reason, CancellationToken cancel)
    {
        var all = lives.All.Where(p => p.Template == template).ToList();
        Mark(all, reason);
        await Task.WhenAll(all.Select(p => CleanAsync(p, default, cancel)));
    }

    /// <summary>Discards some, and returns when they are gone.</summary>
    public Task EndAsync(IReadOnlyCollection<PreloadLife> preloads, DiscardReason reason, CancellationToken cancel) =>
        Task.WhenAll(Mark(preloads, reason).Select(p => CleanAsync(p, default, cancel)));

    /// <summary>Keeps the oldest, as many as are wanted, and discards the rest; names that stand for nothing go too.</summary>
    public void Trim(IQube template, int keep, DiscardReason reason)
    {
        var queued = lives.QueuedOf(template);
        var known = queued.Select(p => p.Qube.Name).ToHashSet();
        var stale = PreloadQueue.Names(template).Where(n => !known.Contains(n));
        var excess = queued.Skip(keep).ToList();
        PreloadQueue.Remove(template, [.. stale, .. excess.Select(p => p.Qube.Name)]);
        Discard(excess, reason);
    }

    /// <summary>
    /// Ends the machine now and removes the qube; quiet when it is gone. What does not work now is tried again later, without
    /// anybody waiting for it.
    /// </summary>
    public async Task RemoveAsync(PreloadLife preload, CancellationToken cancel)
    {
        for (var i = 0; i < MostTries && settings.IsRegistered(preload.Qube); i++)
            await EndAsync(preload.Qube, cancel);
        if (settings.IsRegistered(preload.Qube))
            background.Start($"removing '{preload.Qube.Name}'", stop => KeepRemovingAsync(preload, stop));
        else
            lives.Remove(preload);
    }

    private async Task KeepRemovingAsync(PreloadLife preload, CancellationToken stop)
    {
        for (var pause = FirstPause; settings.IsRegistered(preload.Qube); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, time, stop);
            if (settings.IsRegistered(preload.Qube))
                await EndAsync(preload.Qube, stop);
        }
        lives.Remove(preload);
    }

    private async Task CleanAsync(PreloadLife preload, TimeSpan after, CancellationToken cancel)
    {
        if (after > TimeSpan.Zero)
            await Task.Delay(after, time, cancel);
        // Its start ends first, and takes it away if it can.
        await preload.Run.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await RemoveAsync(preload, cancel);
    }

    private List<PreloadLife> Mark(IReadOnlyCollection<PreloadLife> preloads, DiscardReason reason)
    {
        var marked = preloads.Where(p => p.Stage is not (PreloadStage.Used or PreloadStage.Discarded)).ToList();
        foreach (var ofTemplate in marked.GroupBy(p => p.Template))
            PreloadQueue.Remove(ofTemplate.Key, [.. ofTemplate.Select(p => p.Qube.Name)]);
        foreach (var preload in marked)
        {
            Log.Discarded(log, preload.Qube.Name, reason.Text);
            records.Discarded(preload, reason);
            preload.Discard();
        }
        return marked;
    }

    // Its machine may end by itself meanwhile, and take the qube with it.
    private async Task EndAsync(IQube qube, CancellationToken cancel)
    {
        try
        {
            if (qube.Machine is not null)
                await qube.KillAsync(cancel);
            else
                await qubes.RemoveAsync(qube, cancel);
        }
        catch (QubesException e)
        {
            if (settings.IsRegistered(qube))
                Log.NotRemoved(log, qube.Name, e.Message);
        }
    }
}
