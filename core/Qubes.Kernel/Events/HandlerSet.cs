using Qubes.Sdk.Events;

namespace Qubes.Kernel.Events;

/// <summary>Who receives events of one type, in the order of calling; never changed once made.</summary>
/// <param name="Sync">Called first, one after the other.</param>
/// <param name="Async">Called then, and awaited together.</param>
internal sealed record HandlerSet(SyncSubscription[] Sync, AsyncSubscription[] Async)
{
    /// <summary>Chooses and orders, of the subscriptions in the order they were made, those that receive the type.</summary>
    public static HandlerSet For(Type eventType, IEnumerable<Subscription> subscriptions)
    {
        var clientsFirst = typeof(PreEvent).IsAssignableFrom(eventType);
        var receiving = subscriptions
            .Where(s => s.EventType.IsAssignableFrom(eventType))
            .OrderBy(s => clientsFirst && s.Rank >= EventRank.Clients ? int.MinValue : s.Rank)
            .ToList();
        return new([.. receiving.OfType<SyncSubscription>()], [.. receiving.OfType<AsyncSubscription>()]);
    }
}
