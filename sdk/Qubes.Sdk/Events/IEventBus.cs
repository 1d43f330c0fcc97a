namespace Qubes.Sdk.Events;

/// <summary>
/// Fires and receives events, on the kernel loop. A subscription to a base type receives every derived event. Handlers run
/// in a fixed order: kernel, plugins in dependency order, scripts, then Admin API clients; for a <see cref="PreEvent"/> the
/// clients come first. A handler that throws anything but a veto is logged under its plugin's name and harms nobody else.
/// A plugin's subscriptions end with the plugin.
/// </summary>
public interface IEventBus
{
    /// <summary>Calls the handler on every event of the type; it must not block.</summary>
    IDisposable Subscribe<T>(Action<T> handler) where T : QubesEvent;

    /// <summary>
    /// Shows every event to an observer that stands for Admin API clients: after all synchronous handlers, and of a
    /// <see cref="PreEvent"/> before all of them (spec: domain model, section 9.1). It must not block or veto.
    /// </summary>
    IDisposable Observe(Action<QubesEvent> observer) => Subscribe(observer);

    /// <summary>
    /// Awaits the handler on every event of the type. All synchronous handlers run before it; asynchronous ones run
    /// side by side.
    /// </summary>
    IDisposable SubscribeAsync<T>(Func<T, CancellationToken, Task> handler) where T : QubesEvent, IAwaitedEvent;

    /// <summary>Runs every handler before it returns. Not for an <see cref="IAwaitedEvent"/>.</summary>
    void Fire(QubesEvent e);

    /// <summary>Runs every handler and returns when the asynchronous ones are done too.</summary>
    Task FireAsync<T>(T e, CancellationToken cancel) where T : QubesEvent, IAwaitedEvent;
}
