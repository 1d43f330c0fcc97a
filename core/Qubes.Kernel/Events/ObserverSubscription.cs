using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>An observer that stands for Admin API clients, whoever made it: it ranks as they do, and refuses nothing.</summary>
internal sealed class ObserverSubscription(OwnedEventBus owner, Action<QubesEvent> observer)
    : SyncSubscription(owner, typeof(QubesEvent), observer)
{
    /// <inheritdoc/>
    public override int Rank => EventRank.Clients;

    /// <inheritdoc/>
    public override bool MayVeto => false;

    /// <inheritdoc/>
    public override void Invoke(QubesEvent e) => ((Action<QubesEvent>?)Handler)?.Invoke(e);
}
