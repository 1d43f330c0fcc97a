using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Events;

/// <summary>
/// Brings events to handlers, on the kernel loop (spec: domain model, section 9.1; the exception rules are the SDK's, which
/// keep one owner's failure from another). Each owner subscribes through a bus of its own.
/// </summary>
internal sealed class EventBus(IKernelLoop loop, TimeProvider time, ILogger<EventBus> logger)
{
    /// <summary>A handler that holds the loop longer is logged.</summary>
    private static readonly TimeSpan SlowHandler = TimeSpan.FromMilliseconds(50);

    // In the order they were made. What is known about a type is forgotten whenever this changes.
    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<Type, HandlerSet> _known = [];

    /// <summary>The bus for one owner.</summary>
    /// <param name="owner">For the log.</param>
    /// <param name="rank">See <see cref="EventRank"/>; owners of one rank are ordered by when they subscribe.</param>
    public OwnedEventBus ForOwner(string owner, int rank) => new(this, owner, rank);

    /// <inheritdoc cref="IEventBus.Fire"/>
    public void Fire(QubesEvent e)
    {
        AssertOnLoop();
        if (e is IAwaitedEvent)
            throw new ArgumentException($"{e.GetType().Name} is awaited: fire it with FireAsync.", nameof(e));
        RunSync(HandlersOf(e), e);
    }

    /// <inheritdoc cref="IEventBus.FireAsync"/>
    public async Task FireAsync(QubesEvent e, CancellationToken cancel)
    {
        AssertOnLoop();
        var handlers = HandlersOf(e);
        RunSync(handlers, e);
        if (handlers.Async.Length == 0)
            return;
        var outcomes = await Task.WhenAll(handlers.Async.Select(handler => RunAsync(handler, e, cancel)));
        if (Array.Find(outcomes, veto => veto is not null) is { } first)
            ExceptionDispatchInfo.Throw(first);
        if (e is PreEvent)
            cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Refuses to be used from another thread.</summary>
    internal void AssertOnLoop()
    {
        if (!loop.IsCurrent)
            throw new InvalidOperationException("Events are fired and received on the kernel loop only.");
    }

    internal void Add(Subscription subscription)
    {
        _subscriptions.Add(subscription);
        _known.Clear();
    }

    /// <summary>Ends one subscription, if it has not ended.</summary>
    internal void Remove(Subscription subscription)
    {
        if (!_subscriptions.Remove(subscription))
            return;
        subscription.Release();
        _known.Clear();
    }

    /// <summary>Ends all of an owner's subscriptions; forgets its event types, too.</summary>
    internal void RemoveAllOf(OwnedEventBus owner)
    {
        foreach (var subscription in _subscriptions.Where(s => s.Owner == owner))
            subscription.Release();
        _subscriptions.RemoveAll(s => s.Owner == owner);
        _known.Clear();
    }

    private HandlerSet HandlersOf(QubesEvent e)
    {
        var type = e.GetType();
        if (!_known.TryGetValue(type, out var handlers))
            _known.Add(type, handlers = HandlerSet.For(type, _subscriptions));
        return handlers;
    }

    private void RunSync(HandlerSet handlers, QubesEvent e)
    {
        var now = time.GetTimestamp();
        foreach (var handler in handlers.Sync)
        {
            var before = now;
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
            ReportIfSlow(handler, e, before, now);
        }
    }

    /// <summary>Returns the handler's veto, or null.</summary>
    private async Task<Exception?> RunAsync(AsyncSubscription handler, QubesEvent e, CancellationToken cancel)
    {
        try
        {
            var before = time.GetTimestamp();
            var task = handler.InvokeAsync(e, cancel);
            ReportIfSlow(handler, e, before, time.GetTimestamp());
            await task;
            return null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever fired the event asked for it, and knows.
            return null;
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

    private static bool IsVeto(Subscription handler, QubesEvent e, Exception failure) =>
        failure is QubesException && e is PreEvent && handler.MayVeto;

    private static bool FailsClosed(Subscription handler, QubesEvent e) => e is PreEvent and IFailClosedEvent && handler.MayVeto;

    private static QubesException Refusal(QubesEvent e, Exception failure) =>
        new($"{e.GetType().Name} is refused: a handler that decides about it failed; the daemon's log has the details.", failure);

    private void Report(Subscription handler, QubesEvent e, Exception failure) =>
        Log.HandlerFailed(logger, handler.Owner.Name, e.GetType().Name, handler.HandlerName, failure);

    private void ReportIfSlow(Subscription handler, QubesEvent e, long before, long now)
    {
        var elapsed = time.GetElapsedTime(before, now);
        if (elapsed > SlowHandler)
            Log.SlowHandler(logger, handler.Owner.Name, e.GetType().Name, handler.HandlerName, (long)elapsed.TotalMilliseconds);
    }
}
