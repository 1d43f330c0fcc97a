using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Settings;
using Qubes.Plugins.Preload.Work;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Refill;

/// <summary>
/// Brings queues to their wanted length (spec: preloaded disposables, section 5). Nothing that was true before a delay is
/// believed after it.
/// </summary>
internal sealed class Refiller(
    PreloadQueue queue, PreloadSettings settings, PreloadStarter starter, Discarding discarding, AvailableMemory memory,
    Shortfalls shortfalls, BackgroundWork background, IEventBus events, TimeProvider time, ILogger<Refiller> log)
{
    private const double LeastGapDelay = 5;
    private const long MiB = 1 << 20;

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
        var delay = settings.DelayOf(template);
        if (queue.VacancyOf(template) == 0 || (delay < 0 && PreloadQueue.Names(template).Count > 0))
            return;
        Schedule(template, "fewer are preloaded than wanted", TimeSpan.FromSeconds(Math.Max(LeastGapDelay, delay)));
    }

    /// <summary>Section 5.4: one was taken into use.</summary>
    public void Replace(IQube template, IQube used)
    {
        var delay = settings.DelayOf(template);
        if (delay < 0 && PreloadQueue.Names(template).Count > 0)
            return;
        background.Post($"preloading of '{template.Name}'", stop =>
        {
            events.Fire(new PreloadUsed(template, used, delay));
            return RefillAsync(template, $"'{used.Name}' was used", TimeSpan.FromSeconds(Math.Abs(delay)), stop);
        });
    }

    private async Task RefillAsync(IQube template, string reason, TimeSpan delay, CancellationToken cancel)
    {
        Log.Filling(log, template.Name, reason);
        RequireServices(template);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancel);
        if (queue.VacancyOf(template) == 0)
            discarding.Trim(template, queue.TargetOf(template), new(DiscardKind.Excess, "more are preloaded than wanted"));
        if (queue.VacancyOf(template) is var wanted and > 0 && await AffordableAsync(template, wanted, cancel) is var count and > 0)
            await StartAsync(template, count);
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

    private async Task<int> AffordableAsync(IQube template, int wanted, CancellationToken cancel)
    {
        if (await memory.ReadAsync(cancel) is not { } bytes)
            return wanted;
        var each = template.Properties.Get(QubeProperties.Memory) * MiB;
        var count = (int)Math.Min(wanted, Math.Max(0, bytes - settings.Threshold) / each);
        if (count < wanted)
        {
            var reason = $"of {bytes / MiB} MiB of memory {settings.Threshold / MiB} are kept free, and one takes {each / MiB}";
            Log.Short(log, template.Name, wanted - count, reason);
            shortfalls.Note(template, reason);
        }
        else
        {
            shortfalls.Clear(template);
        }
        return count;
    }

    // Side by side; one that fails does not hold up the others, and is told when all are done.
    private async Task StartAsync(IQube template, int count)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => starter.StartOneAsync(template)));
        }
        catch (Exception e)
        {
            shortfalls.Note(template, e.Message);
            throw;
        }
    }
}
