using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>A handler that is done when it returns.</summary>
internal abstract class SyncSubscription(OwnedEventBus owner, Type eventType, Delegate handler)
    : Subscription(owner, eventType, handler)
{
    /// <summary>Calls the handler, if the subscription was not ended.</summary>
    public abstract void Invoke(QubesEvent e);
}

/// <inheritdoc/>
internal sealed class SyncSubscription<T>(OwnedEventBus owner, Action<T> handler)
    : SyncSubscription(owner, typeof(T), handler) where T : QubesEvent
{
    /// <inheritdoc/>
    public override void Invoke(QubesEvent e) => ((Action<T>?)Handler)?.Invoke((T)e);
}
