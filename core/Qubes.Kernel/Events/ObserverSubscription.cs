using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>A plugin's view on behalf of Admin API clients, whose place in the order it has.</summary>
internal sealed class ObserverSubscription(OwnedEventBus owner, Action<QubesEvent> handler)
    : SyncSubscription(owner, typeof(QubesEvent), handler)
{
    /// <inheritdoc/>
    public override int Rank => EventRank.Clients;

    /// <inheritdoc/>
    public override void Invoke(QubesEvent e) => ((Action<QubesEvent>?)Handler)?.Invoke(e);
}
