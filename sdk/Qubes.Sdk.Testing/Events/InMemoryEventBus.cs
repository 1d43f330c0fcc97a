using Qubes.Sdk.Events;

namespace Qubes.Sdk.Testing.Events;

/// <summary>
/// The daemon's event bus without a daemon: handlers are called in the order of their subscription, synchronous ones first. Where the
/// daemon logs what a handler throws, and goes on, here it reaches the test. For one thread.
/// </summary>
public sealed class InMemoryEventBus : IEventBus
{
    private readonly List<Subscription> subscriptions = [];

    /// <summary>Everything that was fired, oldest first, whether or not a handler refused it.</summary>
    public IReadOnlyList<QubesEvent> Fired => fired;

    private readonly List<QubesEvent> fired = [];

    /// <summary>How many subscriptions have not ended.</summary>
    public int Subscriptions => subscriptions.Count;

    /// <inheritdoc/>
    public IDisposable Subscribe<T>(Action<T> handler) where T : QubesEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new Subscription(this, typeof(T), e => handler((T)e), Awaited: null));
    }

    /// <inheritdoc/>
    public IDisposable SubscribeAsync<T>(Func<T, CancellationToken, Task> handler) where T : QubesEvent, IAwaitedEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new Subscription(this, typeof(T), Sync: null, (e, cancel) => handler((T)e, cancel)));
    }

    /// <inheritdoc/>
    public void Fire(QubesEvent e)
    {
        if (e is IAwaitedEvent)
            throw new ArgumentException($"{e.GetType().Name} is awaited: fire it with FireAsync", nameof(e));
        RunSync(e);
    }

    /// <inheritdoc/>
    public Task FireAsync<T>(T e, CancellationToken cancel) where T : QubesEvent, IAwaitedEvent
    {
        RunSync(e);
        return Task.WhenAll(HandlersOf(e).Select(s => s.Awaited).OfType<Func<QubesEvent, CancellationToken, Task>>()
            .Select(handler => handler(e, cancel)));
    }

    private void RunSync(QubesEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        fired.Add(e);
        foreach (var subscription in HandlersOf(e))
            subscription.Sync?.Invoke(e);
    }

    private Subscription[] HandlersOf(QubesEvent e) => [.. subscriptions.Where(s => s.EventType.IsInstanceOfType(e))];

    private Subscription Add(Subscription subscription)
    {
        subscriptions.Add(subscription);
        return subscription;
    }

    private sealed record Subscription(
        InMemoryEventBus Bus, Type EventType, Action<QubesEvent>? Sync, Func<QubesEvent, CancellationToken, Task>? Awaited) : IDisposable
    {
        public void Dispose() => Bus.subscriptions.RemoveAll(s => ReferenceEquals(s, this));
    }
}
