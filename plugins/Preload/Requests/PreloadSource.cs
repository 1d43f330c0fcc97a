using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Requests;

/// <summary>
/// Serves requests from the queue (spec: preloaded disposables, section 4.2). One that does not come up is replaced by the
/// next one at once; when none is left, or one took too long, the caller gets a fresh disposable.
/// </summary>
internal sealed class PreloadSource(
    LivingPreloads lives, Discarding discarding, Refiller refiller, Handover handover, RequestsInFlight requests, TimeProvider time,
    ILogger<PreloadSource> log) : IDisposableSource
{
    /// <summary>Of the template's <c>qrexec_timeout</c>: how long a boot is waited for.</summary>
    private const double Patience = 1.2;

    private static readonly TimeSpan RemovalDelay = TimeSpan.FromSeconds(2);

    public async Task<IQube?> TryAcquireAsync(DisposableRequest request, CancellationToken cancel)
    {
        var template = request.Template;
        using var inFlight = requests.Begin(template, request.IsAnnounced);
        refiller.FillGap(template);
        var hadSome = PreloadQueue.Names(template).Count > 0;
        var isLate = false;
        while (!isLate && RequestBest(template) is { } requested)
        {
            try
            {
                var disposable = await requested.HandOverAsync(handover.UseAsync, PatienceWith(requested.Preload.Qube), time, cancel);
                requests.BeginUse(inFlight, disposable);
                return disposable;
            }
            catch (TimeoutException e)
            {
                GiveUp(requested, e.Message);
                isLate = true;
            }
            catch (QubesException e)
            {
                GiveUp(requested, e.Message);
            }
            catch (OperationCanceledException)
            {
                GiveUp(requested, "its caller went away");
                throw;
            }
        }
        if (hadSome)
            refiller.FillGap(template);
        inFlight.FallBack();
        return null;
    }

    // In one turn: no two callers find the same one.
    private RequestedPreload? RequestBest(IQube template)
    {
        var queued = lives.QueuedOf(template).Select(p => (Preload: p, Class: OutdatedTest.ClassOf(p))).ToList();
        foreach (var (preload, _) in queued.Where(q => q.Class == FreshnessClass.Discard))
            discarding.Discard([preload], new(DiscardKind.Outdated, $"{OutdatedTest.Reason(preload)}"), RemovalDelay);
        // The oldest of those that cost their caller least.
        return queued.Where(q => q.Class != FreshnessClass.Discard)
            .OrderBy(q => q.Preload.Stage != PreloadStage.Paused).ThenBy(q => q.Class)
            .Select(q => q.Preload).FirstOrDefault()?.Request();
    }

    private void GiveUp(RequestedPreload requested, string reason)
    {
        Log.NotHandedOut(log, requested.Preload.Qube.Name, reason);
        discarding.Discard([requested.Preload], new(DiscardKind.NotHandedOut, reason), RemovalDelay);
    }

    private static TimeSpan PatienceWith(IQube qube) =>
        TimeSpan.FromSeconds((int)(qube.Properties.Get(QubeProperties.QrexecTimeout) * Patience));
}
