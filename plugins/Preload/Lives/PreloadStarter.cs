using Microsoft.Extensions.Logging;
using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Readiness;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Lives;

/// <summary>Makes one preload and brings it to where it waits for its caller (spec: preloaded disposables, T1 to T5, T11).</summary>
internal sealed class PreloadStarter(
    LivingPreloads lives, PreloadRecords records, PreloadQueue queue, IDisposables disposables, IEventBus events, GuestReadiness readiness,
    Discarding discarding, Breakers breakers, MemoryFigures figures, BackgroundWork background, TimeProvider time, ILogger<PreloadStarter> log)
{
    /// <summary>Starts one if there is room for it; returns when it is ready, requested, discarded or failed.</summary>
    /// <exception cref="QubesException">It could not be started; nothing of it stays.</exception>
    public async Task StartOneAsync(IQube template)
    {
        // The check and the mark are one turn: however many refills overlap, the queue never exceeds its maximum.
        if (background.Stopping.IsCancellationRequested || !queue.HasRoom(template))
            return;
        PreloadLife? preload = null;
        var failures = breakers.Of(template).Failures;
        var made = disposables.PrepareAsync(template, qube => lives.Add(preload = Create(qube)), background.Stopping);
        if (preload is null)
        {
            await MakeNothingAsync(template, made, failures);
            return;
        }
        var run = RunAsync(preload, made, failures);
        preload.Run = run;
        background.Track(run);
        await run;
    }

    // It failed before there was anything to clean up.
    private async Task MakeNothingAsync(IQube template, Task made, int failures)
    {
        try
        {
            await made;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            breakers.Of(template).Fail(failures, StartFailure.BeforeCreation(e, time.GetUtcNow()));
            records.NotMade(template, e.Message);
            throw;
        }
    }

    private PreloadLife Create(IQube qube)
    {
        var preload = PreloadLife.Create(qube, events);
        records.Created(preload);
        RecordedSettings.Record(preload);
        return preload;
    }

    private async Task RunAsync(PreloadLife preload, Task made, int failures)
    {
        try
        {
            await made;
            await BringUpAsync(preload);
            breakers.Of(preload.Template).Succeed(failures);
        }
        catch (Exception e) when (e is OperationCanceledException or QubesException && WasCalledOff(preload))
        {
            // It was discarded, or the plugin ends: nobody's failure.
            await EndAsync(preload);
        }
        catch (OperationCanceledException)
        {
            var error = new GuestNotReadyException(StartFailureKind.MachineEnded, $"'{preload.Qube.Name}' ended while it was starting");
            await GiveUpAsync(preload, wasMade: true, error, failures);
            throw error;
        }
        catch (Exception e)
        {
            await GiveUpAsync(preload, made.IsCompletedSuccessfully, e, failures);
            throw;
        }
    }

    private bool WasCalledOff(PreloadLife preload) =>
        !preload.IsLost && (preload.Stage == PreloadStage.Discarded || background.Stopping.IsCancellationRequested);

    private async Task BringUpAsync(PreloadLife preload)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(preload.WhenDiscarded, background.Stopping);
        stop.Token.ThrowIfCancellationRequested();
        preload.BeginStart();
        await preload.Qube.StartAsync(stop.Token);
        stop.Token.ThrowIfCancellationRequested();
        await readiness.WaitAsync(preload).WaitAsync(stop.Token);
        stop.Token.ThrowIfCancellationRequested();
        preload.BecomeOperational();
        await PauseAsync(preload).WaitAsync(stop.Token);
        // What a discard ends may go on here before the linked token has heard of it.
        preload.WhenDiscarded.ThrowIfCancellationRequested();
        stop.Token.ThrowIfCancellationRequested();
        preload.Complete();
        if (preload.Stage != PreloadStage.Paused)
            return;
        preload.ReadySince = time.GetUtcNow();
        background.Start($"measuring '{preload.Qube.Name}'", cancel => figures.NoteReadyAsync(preload, cancel));
        Log.Ready(log, preload.Qube.Name);
        records.Ready(preload);
    }

    // A caller who comes meanwhile gets it running, or lets it run again.
    private static async Task PauseAsync(PreloadLife preload)
    {
        if (preload.WhenRequested.IsCancellationRequested)
            return;
        try
        {
            await preload.Qube.PauseAsync(preload.WhenRequested);
        }
        catch (Exception e) when (e is PauseCancelledException or OperationCanceledException)
        {
            // It is ready, and runs on.
        }
    }

    private async Task GiveUpAsync(PreloadLife preload, bool wasMade, Exception error, int failures)
    {
        var breaker = breakers.Of(preload.Template);
        breaker.Fail(failures, StartFailure.Of(preload, wasMade, error, time.GetUtcNow()));
        Log.StartFailed(log, preload.Qube.Name, error.Message);
        records.Failed(preload, error.Message);
        if (breaker.State == BreakerState.Open)
            Log.BreakerOpen(log, preload.Template.Name, breaker.Message ?? "");
        if (preload.Qube.Machine is not null)
            await events.FireAsync(new QubeStartFailed(preload.Qube, error.Message), CancellationToken.None);
        await EndAsync(preload);
    }

    // Whatever it was: nobody gets this one, and whoever waits for it is told now.
    private async Task EndAsync(PreloadLife preload)
    {
        PreloadQueue.Remove(preload.Template, [preload.Qube.Name]);
        preload.End();
        await discarding.RemoveAsync(preload, CancellationToken.None);
    }
}
