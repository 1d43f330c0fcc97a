using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Metrics;

/// <summary>The metrics of preloading (docs/operations.md). Read on the kernel loop.</summary>
internal sealed class PreloadMetrics(
    StatusReader status, PreloadSettings settings, PolicyTargets targets, PreloadQueue queue, LivingPreloads lives, PreloadRecords records)
{
    private const string Duration = "qubes_preload_request_duration_seconds";

    /// <summary>Measures, which takes a second at most, and reads.</summary>
    public async Task<string> ReadAsync(CancellationToken cancel)
    {
        await status.MeasureAsync([.. status.Templates], cancel);
        return Read();
    }

    private string Read()
    {
        var all = status.Templates.ToList();
        var text = new MetricText();
        Gauge("max", "The most that may be preloaded.", settings.MaxOf);
        Gauge("target", "How many are wanted now.", t => targets.Of(t).Count);
        Gauge("ready", "Preloads that wait for their caller.", t => lives.QueuedOf(t).Count(p => p.Stage == PreloadStage.Paused));
        Gauge("starting", "Preloads that are made or boot.", t => lives.QueuedOf(t).Count(p => p.Stage != PreloadStage.Paused));
        Gauge("drained", "1: nothing is preloaded until the template is no longer drained.", t => PolicyTargets.IsDrained(t) ? 1 : 0);
        Gauge("allowance", "How many the host's memory allows now, at most those wanted.", queue.TargetOf);
        Memory("pss", "Private memory of the preloads, and their parts of what they share.", m => m.PssKib);
        Memory("private", "Memory that the preloads' end would free.", m => m.PrivateKib);
        Counter<RequestOutcome>("requests", "result", "Requests for a disposable.", r => r.Requests);
        Counter<StartOutcome>("starts", "outcome", "Preloads whose start is over.", r => r.Starts);
        Counter<DiscardKind>("discards", "reason", "Preloads that were discarded.", r => r.Discards);
        text.Family(Duration, "histogram", "How long requests took until the caller had a disposable that runs.");
        foreach (var template in all)
        {
            foreach (var outcome in Enum.GetValues<RequestOutcome>())
                Histogram(text, template, outcome, records.Of(template).DurationsOf(outcome));
        }
        return text.ToString();

        void Gauge(string name, string help, Func<IQube, int> value)
        {
            text.Family("qubes_preload_" + name, "gauge", help);
            foreach (var template in all)
                text.Sample("qubes_preload_" + name, value(template), ("template", template.Name));
        }

        void Memory(string name, string help, Func<PoolMemory, long> kib)
        {
            var family = $"qubes_preload_{name}_bytes";
            text.Family(family, "gauge", help);
            foreach (var template in all)
            {
                if (PoolMemory.Of(lives.QueuedOf(template)) is { } memory)
                    text.Sample(family, kib(memory) * 1024, ("template", template.Name));
            }
        }

        void Counter<T>(string name, string key, string help, Func<TemplateRecord, IReadOnlyDictionary<T, long>> values) where T : struct, Enum
        {
            var family = $"qubes_preload_{name}_total";
            text.Family(family, "counter", help);
            foreach (var template in all)
            {
                foreach (var (value, count) in values(records.Of(template)))
                    text.Sample(family, count, ("template", template.Name), (key, StatusReader.Name(value)));
            }
        }
    }

    private static void Histogram(MetricText text, IQube template, RequestOutcome outcome, Durations durations)
    {
        var (name, result, sum) = (template.Name, StatusReader.Name(outcome), 0L);
        for (var i = 0; i < durations.Counts.Count; i++)
        {
            sum += durations.Counts[i];
            var bound = i < Durations.Bounds.Count ? MetricText.Number(Durations.Bounds[i]) : "+Inf";
            text.Sample(Duration + "_bucket", sum, ("template", name), ("result", result), ("le", bound));
        }
        text.Sample(Duration + "_sum", durations.Sum, ("template", name), ("result", result));
        text.Sample(Duration + "_count", durations.Count, ("template", name), ("result", result));
    }
}
