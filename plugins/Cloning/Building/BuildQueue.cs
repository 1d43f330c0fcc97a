using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>
/// Makes memory templates one at a time, when nobody has requested a disposable for a while and none works; on a host that is never quiet,
/// after ten times that while. Used on the kernel loop.
/// </summary>
internal sealed class BuildQueue(
    CloningOptions options, TemplateBuild build, Budget budget, Reserves reserves, HiddenQubes hidden, IQubes qubes, BackgroundWork background,
    TimeProvider time, ILogger<BuildQueue> log)
{
    private const int MostWaits = 10;

    private readonly Dictionary<TemplateRecord, BuildRequest> wanted = [];
    private DateTimeOffset lastRequest;
    private TaskCompletionSource changed = NewSignal();
    private (TemplateRecord Record, CancellationTokenSource Cancel, Task Ended)? current;

    /// <summary>Somebody requests a disposable: processors and disk are theirs.</summary>
    public void Touch() => lastRequest = time.GetUtcNow();

    /// <summary>Begins to work on what is wanted.</summary>
    public void Run() => background.Start("making memory templates", RunAsync);

    /// <summary>Has one made when there is time, if templates are made without a command.</summary>
    public void Want(TemplateRecord record, string reason, string? missed)
    {
        if (options.BuildsByItself && !wanted.ContainsKey(record))
            Add(new BuildRequest(record, reason, time.GetUtcNow()) { Missed = missed });
    }

    /// <summary>Has one made at once.</summary>
    /// <returns>Completes when that is done, or has failed.</returns>
    public Task Command(TemplateRecord record)
    {
        record.Forgive();
        record.IsInUse = true; // whoever commands it is going to use it
        if (wanted.TryGetValue(record, out var request) && request.IsCommanded)
            return request.Done.Task;
        Add(new BuildRequest(record, "an administrator wants it", time.GetUtcNow())
        {
            IsCommanded = true,
            Done = request?.Done ?? new(TaskCreationOptions.RunContinuationsAsynchronously),
        });
        return wanted[record].Done.Task;
    }

    /// <summary>What it is made from may have changed: one that is being made is called off.</summary>
    /// <returns>Whether one was being made.</returns>
    public bool CallOff(TemplateRecord record, string reason)
    {
        if (current is not { } running || running.Record != record || running.Cancel.IsCancellationRequested)
            return false;
        Log.BuildCancelled(log, record.Owner.Name, reason);
        running.Cancel.Cancel();
        return true;
    }

    /// <summary>None is to be made any more; returns when nothing of one that was being made is left.</summary>
    public async Task ForgetAsync(TemplateRecord record)
    {
        if (wanted.Remove(record, out var request))
            request.Done.TrySetResult();
        CallOff(record, "it is not wanted any more");
        if (current is { } running && running.Record == record)
            await running.Ended;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(BuildRequest request)
    {
        wanted[request.Record] = request;
        changed.TrySetResult();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var (next, wait) = Next();
            if (next is null || wait > TimeSpan.Zero)
                await ChangeAsync(wait, stop);
            else if (time.GetUtcNow() < LatestOf(next) && DoesAnyWork())
                Touch();
            else
                await BuildAsync(next, stop);
        }
    }

    private (BuildRequest? Request, TimeSpan Wait) Next()
    {
        var next = wanted.Values.MinBy(DueOf);
        // Timers count whole milliseconds.
        return next is null ? (null, Timeout.InfiniteTimeSpan) : (next, TimeSpan.FromMilliseconds(Math.Ceiling((DueOf(next) - time.GetUtcNow()).TotalMilliseconds)));
    }

    private DateTimeOffset DueOf(BuildRequest request)
    {
        var latest = LatestOf(request);
        if (request.IsCommanded)
            return latest;
        var quiet = (lastRequest > request.Since ? lastRequest : request.Since) + options.BuildDelay;
        var due = quiet < latest ? quiet : latest;
        return due > request.Record.NextTry ? due : request.Record.NextTry;
    }

    private DateTimeOffset LatestOf(BuildRequest request) => request.IsCommanded ? request.Since : request.Since + options.BuildDelay * MostWaits;

    // Whoever has one waits for what it does; those that wait to be used are paused.
    private bool DoesAnyWork() =>
        qubes.Any(q => q is { Class: QubeClass.DispVM, PowerState: PowerState.Running or PowerState.Transient } && !hidden.IsNobodys(q));

    private async Task ChangeAsync(TimeSpan wait, CancellationToken stop)
    {
        if (changed.Task.IsCompleted)
            changed = NewSignal();
        else
            await WaitAsync(wait, stop);
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await changed.Task.WaitAsync(wait, time, stop);
        }
        catch (TimeoutException)
        {
            // Something is due.
        }
    }

    private async Task BuildAsync(BuildRequest request, CancellationToken stop)
    {
        wanted.Remove(request.Record);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ended = NewSignal();
        current = (request.Record, cancel, ended.Task);
        try
        {
            if (!IsPossible(request.Record.Owner))
                return;
            Log.Building(log, request.Record.Owner.Name, request.Reason);
            await build.RunAsync(request.Record, request.Missed, cancel.Token);
            await budget.KeepAsync(request.Record);
            reserves.Refill(request.Record);
            if (request.Record.State == TemplateState.Failed && !request.IsCommanded)
                Want(request.Record, "the last try failed", missed: null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Called off; whoever did it wants another one, or none.
        }
        catch (QubesException e)
        {
            Log.WorkFailed(log, $"making a memory template of '{request.Record.Owner.Name}'", e.Message);
        }
        finally
        {
            current = null;
            ended.TrySetResult();
            request.Done.TrySetResult();
        }
    }

    private static bool IsPossible(IQube owner) => CloneChoice.AllowsDisposables(owner) && !CloneChoice.IsRefused(owner);
}
