using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

/// <summary>An event bus with the ranks that clients rely on: observers first on pre-events, last on others.</summary>
internal sealed class TestBus : IEventBus
{
    private readonly List<Action<QubesEvent>> handlers = [];
    private readonly List<Action<QubesEvent>> observers = [];

    public List<QubesEvent> Fired { get; } = [];

    public int Observers => observers.Count;

    public IDisposable Subscribe<T>(Action<T> handler) where T : QubesEvent => Add(handlers, e =>
    {
        if (e is T wanted)
            handler(wanted);
    });

    public IDisposable Observe(Action<QubesEvent> observer) => Add(observers, observer);

    public IDisposable SubscribeAsync<T>(Func<T, CancellationToken, Task> handler) where T : QubesEvent, IAwaitedEvent =>
        throw new NotSupportedException();

    public void Fire(QubesEvent e)
    {
        Fired.Add(e);
        foreach (var handler in e is PreEvent ? observers.Concat(handlers) : handlers.Concat(observers))
            handler(e);
    }

    public Task FireAsync<T>(T e, CancellationToken cancel) where T : QubesEvent, IAwaitedEvent
    {
        Fire(e);
        return Task.CompletedTask;
    }

    private static Subscription Add(List<Action<QubesEvent>> to, Action<QubesEvent> handler)
    {
        to.Add(handler);
        return new(() => to.Remove(handler));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
