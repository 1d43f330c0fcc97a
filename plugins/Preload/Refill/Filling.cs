using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>
/// Starts what a queue lacks, discards what it has too many, and replaces what is outdated. It begins nothing while requests
/// are in flight. Side by side, as the reference does, where the delay is a number; with <c>auto</c>, after failures and for
/// replacements one after the other, over all templates.
/// </summary>
internal sealed class Filling(
    LivingPreloads lives, PreloadQueue queue, PreloadSettings settings, PreloadStarter starter, Discarding discarding,
    Affordability affordability, Breakers breakers, RequestsInFlight requests, BackgroundWork background, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private readonly HashSet<IQube> toBeRetried = [];

    /// <exception cref="QubesException">One could not be started; it is tried again by itself.</exception>
    public async Task RunAsync(IQube template, CancellationToken cancel)
    {
        Trim(template);
        await requests.WhenNoneAsync(settings.IsAuto(template), cancel);
        try
        {
            if (settings.IsAuto(template))
                await FillOneByOneAsync(template, cancel);
            else
                await FillSideBySideAsync(template, cancel);
            await ReplaceOutdatedAsync(template, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Retry(template);
            throw;
        }
        Trim(template);
    }

    public void Dispose() => oneAtATime.Dispose();

    private void Trim(IQube template)
    {
        if (queue.VacancyOf(template) == 0)
            discarding.Trim(template, queue.LongestOf(template), new(DiscardKind.Excess, "more are preloaded than wanted"));
    }

    // One that fails does not hold up the others, and is told when all are done. After a failure one decides for the others.
    private async Task FillSideBySideAsync(IQube template, CancellationToken cancel)
    {
        if (breakers.Of(template).State != BreakerState.Closed && !(queue.VacancyOf(template) > 0 && await InTurnAsync(StartOneAsync, template, cancel)))
            return;
        if (queue.VacancyOf(template) is var wanted and > 0)
            await Task.WhenAll((await affordability.GrantAsync(template, wanted, isReplacement: false, cancel)).Select(g => StartWithAsync(template, g)));
    }

    private async Task StartWithAsync(IQube template, MemoryGrant grant)
    {
        using (grant)
            await starter.StartOneAsync(template);
    }

    private async Task FillOneByOneAsync(IQube template, CancellationToken cancel)
    {
        while (queue.VacancyOf(template) > 0 && await InTurnAsync(StartOneAsync, template, cancel))
        {
            // Whatever happened meanwhile counts for the next one.
        }
    }

    // Not more than there are now: where each new one is outdated at once, it does not go on for ever.
    private async Task ReplaceOutdatedAsync(IQube template, CancellationToken cancel)
    {
        for (var left = OutdatedOf(template).Count(); left > 0; left--)
        {
            if (queue.TargetOf(template) == 0 || !await InTurnAsync(ReplaceOneAsync, template, cancel))
                return;
        }
    }

    private async Task<bool> InTurnAsync(Func<IQube, CancellationToken, Task<bool>> step, IQube template, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            await requests.WhenNoneAsync(settings.IsAuto(template), cancel);
            return await step(template, cancel);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    private async Task<bool> StartOneAsync(IQube template, CancellationToken cancel)
    {
        if (!breakers.Of(template).MayTry)
        {
            Retry(template);
            return false;
        }
        if (await affordability.GrantAsync(template, 1, isReplacement: false, cancel) is not [var grant])
            return false;
        await StartWithAsync(template, grant);
        return true;
    }

    // The new one is there before the old one goes, so that the queue never empties.
    private async Task<bool> ReplaceOneAsync(IQube template, CancellationToken cancel)
    {
        if (OutdatedOf(template).FirstOrDefault() is not { } old)
            return false;
        if (!breakers.Of(template).MayTry)
        {
            Retry(template);
            return false;
        }
        if (await affordability.GrantAsync(template, 1, isReplacement: true, cancel) is not [var grant])
            return await MakeRoomAsync(old, cancel);
        queue.BeginReplacement(template);
        try
        {
            await StartWithAsync(template, grant);
        }
        finally
        {
            queue.EndReplacement(template);
        }
        discarding.Discard([old], old.IsUnwanted
            ? new(DiscardKind.Refreshed, "an administrator wanted another one, which is ready")
            : new(DiscardKind.Outdated, "it was replaced by one that is up to date"));
        return true;
    }

    // One that may be handed out is better than none.
    private async Task<bool> MakeRoomAsync(PreloadLife old, CancellationToken cancel)
    {
        if (OutdatedTest.ClassOf(old) != FreshnessClass.Discard)
            return false;
        await discarding.EndAsync([old], new(DiscardKind.Outdated, "it is outdated, and there is no memory for a replacement beside it"), cancel);
        return true;
    }

    private IEnumerable<PreloadLife> OutdatedOf(IQube template) =>
        lives.QueuedOf(template).Where(p => OutdatedTest.ClassOf(p) != FreshnessClass.Fresh);

    // When its template may be tried again; once, however many starts failed.
    private void Retry(IQube template)
    {
        if (breakers.Of(template).State == BreakerState.Closed || !toBeRetried.Add(template))
            return;
        background.Start($"preloading of '{template.Name}'", async stop =>
        {
            await Task.Delay(breakers.Of(template).Wait, time, stop);
            toBeRetried.Remove(template);
            await RunAsync(template, stop);
        });
    }
}
