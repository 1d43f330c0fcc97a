using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Traces;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Status;

/// <summary>
/// Serves requests through <see cref="PreloadSource"/>, and notes demand, outcome and duration. Requests to templates of which
/// nothing is to be preloaded are not counted, nor are those whose caller went away.
/// </summary>
internal sealed class MeasuredSource(
    PreloadSource source, LivingPreloads lives, PreloadSettings settings, DemandRecords demands, PolicyTargets targets,
    PreloadRecords records, MissedRequests missed, TraceRecorder trace, TimeProvider time) : IDisposableSource
{
    public async Task<IQube?> TryAcquireAsync(DisposableRequest request, CancellationToken cancel)
    {
        var template = request.Template;
        trace.Note(template);
        if (settings.MaxOf(template) == 0)
            return await source.TryAcquireAsync(request, cancel);
        // What was announced is prepared for by its lease; habits are made of what was not.
        if (!request.IsAnnounced)
        {
            demands.Note(template);
            targets.Reconsider(template);
        }
        var begun = time.GetTimestamp();
        var ready = lives.QueuedOf(template).Where(p => p.Stage == PreloadStage.Paused).Select(p => p.Qube).ToHashSet();
        var disposable = await source.TryAcquireAsync(request, cancel);
        if (disposable is not null)
        {
            records.Request(template, ready.Contains(disposable) ? RequestOutcome.Served : RequestOutcome.Awaited, time.GetElapsedTime(begun));
        }
        else
        {
            records.Request(template, RequestOutcome.Missed, took: null);
            missed.Add(template, begun);
        }
        return disposable;
    }
}
