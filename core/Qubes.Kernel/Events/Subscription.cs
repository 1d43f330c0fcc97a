using Qubes.Kernel.Loop;

namespace Qubes.Kernel.Events;

/// <summary>One handler's place on the bus; holds the handler until it is ended.</summary>
internal abstract class Subscription(OwnedEventBus owner, Type eventType, Delegate handler) : IDisposable
{
    /// <summary>Who subscribed.</summary>
    public OwnedEventBus Owner => owner;

    /// <summary>Its place in the order; see <see cref="EventRank"/>.</summary>
    public virtual int Rank => owner.Rank;

    /// <summary>Whether its handler can refuse a pre-event.</summary>
    public virtual bool MayVeto => true;

    /// <summary>Events of this type and of derived ones are received.</summary>
    public Type EventType => eventType;

    /// <summary>The handler, for people.</summary>
    public string HandlerName => Handler is { } current ? Turn.NameOf(current.Method) : "unsubscribed";

    /// <summary>The handler; null once ended.</summary>
    protected Delegate? Handler { get; private set; } = handler;

    /// <summary>Lets go of the handler; it is not called any more, not even for an event under way.</summary>
    public void Release() => Handler = null;

    /// <inheritdoc/>
    public void Dispose() => owner.End(this);
}
