using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

// How one handler is called, and what becomes of its failures.
internal sealed partial class EventBus
{
    private void RunSync(HandlerSet handlers, QubesEvent e)
    {
        var now = time.GetTimestamp();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        foreach (var handler in handlers.Sync)
        {
            var before = now;
            var allocatedBefore = allocated;
            try
            {
                handler.Invoke(e);
            }
            catch (Exception failure) when (!IsVeto(handler, e, failure))
            {
                Report(handler, e, failure);
                if (FailsClosed(handler, e))
                    throw Refusal(e, failure);
            }
            now = time.GetTimestamp();
            ReportIfSlow(handler, e, before, now, HandlerLimits.Turn);
            allocated = GC.GetAllocatedBytesForCurrentThread();
            if (allocated - allocatedBefore > HandlerLimits.Allocation)
                ReportGreed(handler, e, allocated - allocatedBefore);
        }
    }

    /// <summary>Returns the handler's veto, or null.</summary>
    private async Task<Exception?> RunAsync(AsyncSubscription handler, QubesEvent e, CancellationToken cancel)
    {
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, handler.Owner.Ending);
            var before = time.GetTimestamp();
            var task = handler.InvokeAsync(e, ending.Token);
            ReportIfSlow(handler, e, before, time.GetTimestamp(), HandlerLimits.Turn);
            if (task.IsCompleted || handler.Rank == EventRank.Kernel)
            {
                await task;
                return null;
            }
            handler.Owner.Follow(new(e.GetType().Name, handler.HandlerName, task));
            await WithinBudgetAsync(task, ending);
            ReportIfSlow(handler, e, before, time.GetTimestamp(), HandlerLimits.Slow);
            return null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever fired the event asked for it, and knows.
            return null;
        }
        catch (OperationCanceledException e2) when (handler.Owner.HasEnded)
        {
            // Its owner ends; what it would have said is not known.
            return FailsClosed(handler, e) ? Refusal(e, e2) : null;
        }
        catch (Exception veto) when (IsVeto(handler, e, veto))
        {
            return veto;
        }
        catch (Exception failure)
        {
            // Whatever it is, it is its owner's, and harms nobody else.
            Report(handler, e, failure);
            return FailsClosed(handler, e) ? Refusal(e, failure) : null;
        }
    }

    /// <exception cref="TimeoutException">The handler was told to end, and is not waited for any more.</exception>
    private async Task WithinBudgetAsync(Task task, CancellationTokenSource ending)
    {
        try
        {
            await task.WaitAsync(HandlerLimits.Budget, time, CancellationToken.None);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            await ending.CancelAsync();
            throw new TimeoutException($"it was not done after {HandlerLimits.Budget.TotalSeconds:0} s and is left behind");
        }
    }

    private static bool IsVeto(Subscription handler, QubesEvent e, Exception failure) =>
        failure is QubesException && e is PreEvent && handler.MayVeto;

    private static bool FailsClosed(Subscription handler, QubesEvent e) => e is PreEvent and IFailClosedEvent && handler.MayVeto;

    private static QubesException Refusal(QubesEvent e, Exception failure) =>
        new($"{e.GetType().Name} is refused: a handler that decides about it failed; the daemon's log has the details.", failure);

    private void Report(Subscription handler, QubesEvent e, Exception failure)
    {
        Log.HandlerFailed(logger, handler.Owner.Name, e.GetType().Name, handler.HandlerName, failure);
        Count(handler, e, $"{failure.GetType().Name}: {failure.Message}");
    }

    private void ReportGreed(Subscription handler, QubesEvent e, long bytes)
    {
        Log.GreedyHandler(logger, handler.Owner.Name, bytes / (1024 * 1024), e.GetType().Name, handler.HandlerName);
        Count(handler, e, $"it allocated {bytes / (1024 * 1024)} MiB");
    }

    private static void Count(Subscription handler, QubesEvent e, string what) =>
        handler.Owner.Faulted?.Invoke(new(e.GetType().Name, handler.HandlerName, what));

    private void ReportIfSlow(Subscription handler, QubesEvent e, long before, long now, TimeSpan limit)
    {
        var elapsed = time.GetElapsedTime(before, now);
        if (elapsed > limit)
            Log.SlowHandler(logger, handler.Owner.Name, e.GetType().Name, handler.HandlerName, (long)elapsed.TotalMilliseconds);
    }
}
