using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>A handler that is awaited.</summary>
internal abstract class AsyncSubscription(OwnedEventBus owner, Type eventType, Delegate handler)
    : Subscription(owner, eventType, handler)
{
    /// <summary>Calls the handler, if the subscription was not ended.</summary>
    public abstract Task InvokeAsync(QubesEvent e, CancellationToken cancel);
}

/// <inheritdoc/>
internal sealed class AsyncSubscription<T>(OwnedEventBus owner, Func<T, CancellationToken, Task> handler)
    : AsyncSubscription(owner, typeof(T), handler) where T : QubesEvent, IAwaitedEvent
{
    /// <inheritdoc/>
    public override Task InvokeAsync(QubesEvent e, CancellationToken cancel) =>
        ((Func<T, CancellationToken, Task>?)Handler)?.Invoke((T)e, cancel) ?? Task.CompletedTask;
}
