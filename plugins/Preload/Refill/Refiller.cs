using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Leases;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>
/// Announces that queues are brought to their wanted length, and when that is done (spec: preloaded disposables, section 5).
/// Nothing that was true before a delay is believed after it.
/// </summary>
internal sealed class Refiller(
    PreloadQueue queue, LeasedDemand leased, PreloadSettings settings, Filling filling, Shortfalls shortfalls, BackgroundWork background, IEventBus events,
    TimeProvider time, ILogger<Refiller> log)
{
    private const double LeastGapDelay = 5;

    /// <summary>Fills in the background, after clients heard of what caused it.</summary>
    public void Schedule(IQube template, string reason, TimeSpan delay = default) => background.Post(
        $"preloading of '{template.Name}'", stop => FillAsync(template, reason, delay, stop));

    /// <summary>Announces, waits, and fills or cuts the queue.</summary>
    /// <exception cref="InvalidValueException">A service that preloading needs is missing.</exception>
    /// <exception cref="QubesException">One could not be started; the others were.</exception>
    public async Task FillAsync(IQube template, string reason, TimeSpan delay, CancellationToken cancel)
    {
        events.Fire(new PreloadsFilling(template, reason, delay == default ? null : delay));
        await RefillAsync(template, reason, delay, cancel);
    }

    /// <summary>Section 5.2: a request found fewer than are wanted.</summary>
    public void FillGap(IQube template)
    {
        var delay = DelayOf(template);
        if (queue.VacancyOf(template) == 0 || (delay < 0 && PreloadQueue.Names(template).Count > 0))
            return;
        var wait = settings.IsAuto(template) || leased.AnnouncedOf(template) > 0 ? 0 : Math.Max(LeastGapDelay, delay);
        Schedule(template, "fewer are preloaded than wanted", TimeSpan.FromSeconds(wait));
    }

    /// <summary>Section 5.4: one was taken into use.</summary>
    public void Replace(IQube template, IQube used)
    {
        var delay = DelayOf(template);
        if (delay < 0 && PreloadQueue.Names(template).Count > 0)
            return;
        background.Post($"preloading of '{template.Name}'", stop =>
        {
            events.Fire(new PreloadUsed(template, used, delay));
            return RefillAsync(template, $"'{used.Name}' was used", TimeSpan.FromSeconds(Math.Abs(delay)), stop);
        });
    }

    // Whoever announced a batch waits already.
    private double DelayOf(IQube template) => leased.AnnouncedOf(template) > 0 ? 0 : settings.DelayOf(template);

    private async Task RefillAsync(IQube template, string reason, TimeSpan delay, CancellationToken cancel)
    {
        Log.Filling(log, template.Name, reason);
        RequireServices(template);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancel);
        await filling.RunAsync(template, cancel);
    }

    private void RequireServices(IQube template)
    {
        try
        {
            PreloadSettings.RequireServices(template);
        }
        catch (InvalidValueException e)
        {
            shortfalls.Note(template, e.Message);
            throw;
        }
    }
}
