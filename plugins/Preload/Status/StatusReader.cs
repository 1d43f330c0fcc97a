using System.Text.Json;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Status;

/// <summary>Puts together how preloading stands.</summary>
internal sealed class StatusReader(
    IQubes qubes, PreloadSettings settings, PolicyChoice policies, PolicyTargets targets, PreloadQueue queue, LivingPreloads lives,
    Shortfalls shortfalls, MemoryFigures figures, PreloadRecords records)
{
    /// <summary>Templates that preload, have something left of it, or have been asked since the daemon started.</summary>
    public IEnumerable<IQube> Templates => qubes
        .Where(q => settings.MaxOf(q) > 0 || PreloadQueue.Names(q).Count > 0 || PolicyTargets.IsDrained(q) || records.All.ContainsKey(q))
        .OrderBy(q => q.Name, StringComparer.Ordinal);

    /// <summary>Has the memory of some templates' preloads measured, which takes a second at most.</summary>
    public Task MeasureAsync(IReadOnlyCollection<IQube> templates, CancellationToken cancel) =>
        figures.MeasureAsync(templates.SelectMany(lives.QueuedOf), cancel);

    public TemplateStatus Of(IQube template)
    {
        var record = records.Of(template);
        var target = targets.Of(template);
        var queued = lives.QueuedOf(template);
        var ready = queued.Count(p => p.Stage == PreloadStage.Paused);
        var message = shortfalls.WhyNotFull(template);
        var outcomes = Enum.GetValues<RequestOutcome>();
        var all = outcomes.SelectMany(o => record.DurationsOf(o).Last).ToList();
        return new(
            template.Name, State(template, target.Count, ready, queued.Count - ready, message), message ?? targets.FaultOf(template),
            policies.NameFor(template), settings.MaxOf(template), target.Count, target.Reason, ready, queued.Count - ready,
            record.HitRate is { } rate ? Math.Round(rate, 4) : null, Milliseconds(all, 0.5), Milliseconds(all, 0.99),
            outcomes.ToDictionary(Name, o => Requests(record, o)), record.LastFailure,
            queue.TargetOf(template), queue.WhyLimited(template), PreloadSettings.WeightOf(template), PoolMemory.Of(queued));
    }

    /// <summary>In small letters and with underscores, as in the metrics.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private string State(IQube template, int target, int ready, int starting, string? message) =>
        PolicyTargets.IsDrained(template) ? "drained"
        : settings.MaxOf(template) == 0 ? "off"
        : ready >= target ? "ready"
        : message is not null && starting == 0 ? "short"
        : "filling";

    private static RequestStatus Requests(TemplateRecord record, RequestOutcome outcome)
    {
        var last = record.DurationsOf(outcome).Last.ToList();
        return new(record.Requests[outcome], Milliseconds(last, 0.5), Milliseconds(last, 0.99));
    }

    private static double? Milliseconds(IEnumerable<double> seconds, double part) =>
        Durations.Percentile(seconds, part) is { } found ? Math.Round(found * 1000, 3) : null;
}
