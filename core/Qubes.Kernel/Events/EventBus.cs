using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Events;

/// <summary>
/// Brings events to handlers, on the kernel loop (spec: domain model, section 9.1; the exception rules are the SDK's, which
/// keep one owner's failure from another). Each owner subscribes through a bus of its own.
/// </summary>
internal sealed partial class EventBus(IKernelLoop loop, TimeProvider time, ILogger<EventBus> logger)
{
    // In the order they were made. What is known about a type is forgotten whenever this changes.
    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<Type, HandlerSet> _known = [];

    /// <summary>The bus for one owner.</summary>
    /// <param name="owner">For the log.</param>
    /// <param name="rank">See <see cref="EventRank"/>; owners of one rank are ordered by when they subscribe.</param>
    public OwnedEventBus ForOwner(string owner, int rank) => new(this, owner, rank);

    /// <summary>As <see cref="ForOwner"/>, but nothing is received before <see cref="OwnedEventBus.Attach"/>.</summary>
    public OwnedEventBus Detached(string owner, int rank) => new(this, owner, rank, detached: true);

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

    /// <summary>Takes all of an owner's subscriptions off the bus, in their order; forgets its event types, too.</summary>
    internal IReadOnlyList<Subscription> TakeAllOf(OwnedEventBus owner)
    {
        var taken = _subscriptions.FindAll(s => s.Owner == owner);
        _subscriptions.RemoveAll(s => s.Owner == owner);
        _known.Clear();
        return taken;
    }

    private HandlerSet HandlersOf(QubesEvent e)
    {
        var type = e.GetType();
        if (!_known.TryGetValue(type, out var handlers))
            _known.Add(type, handlers = HandlerSet.For(type, _subscriptions));
        return handlers;
    }
}
