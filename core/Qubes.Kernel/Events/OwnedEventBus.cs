using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>
/// The bus as one owner sees it: the kernel, a plugin, a script. Ending it ends all the owner's subscriptions and leaves
/// nothing behind that would keep the owner's assembly loaded. Used on the kernel loop.
/// </summary>
internal sealed class OwnedEventBus : IEventBus, IDisposable
{
    private readonly EventBus _bus;
    private bool _disposed;

    internal OwnedEventBus(EventBus bus, string name, int rank)
    {
        _bus = bus;
        Name = name;
        Rank = rank;
    }

    /// <summary>The owner's name, for the log.</summary>
    public string Name { get; }

    /// <summary>The owner's place in the order; see <see cref="EventRank"/>.</summary>
    public int Rank { get; }

    /// <inheritdoc/>
    public IDisposable Subscribe<T>(Action<T> handler) where T : QubesEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new SyncSubscription<T>(this, handler));
    }

    /// <inheritdoc/>
    public IDisposable Observe(Action<QubesEvent> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Add(new ObserverSubscription(this, observer));
    }

    /// <inheritdoc/>
    public IDisposable SubscribeAsync<T>(Func<T, CancellationToken, Task> handler) where T : QubesEvent, IAwaitedEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(new AsyncSubscription<T>(this, handler));
    }

    /// <inheritdoc/>
    public void Fire(QubesEvent e)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bus.Fire(e);
    }

    /// <inheritdoc/>
    public Task FireAsync<T>(T e, CancellationToken cancel) where T : QubesEvent, IAwaitedEvent
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _bus.FireAsync(e, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.AssertOnLoop();
        _disposed = true;
        _bus.RemoveAllOf(this);
    }

    /// <summary>Ends one subscription; it may have ended before.</summary>
    internal void End(Subscription subscription)
    {
        _bus.AssertOnLoop();
        _bus.Remove(subscription);
    }

    private Subscription Add(Subscription subscription)
    {
        _bus.AssertOnLoop();
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bus.Add(subscription);
        return subscription;
    }
}
