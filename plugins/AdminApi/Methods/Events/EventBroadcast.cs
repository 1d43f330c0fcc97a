using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Methods.Events;

/// <summary>
/// Hands every published event to the listeners it concerns, encoded once. A qube's events are seen from its
/// <c>domain-add</c> to its <c>domain-delete</c> (spec: Admin API, section 5). Used on the kernel loop.
/// </summary>
internal sealed class EventBroadcast(IEventBus bus, IQubes qubes) : IDisposable
{
    private readonly HashSet<IQube> known = [];
    private readonly Dictionary<EventStream, IQube?> listeners = [];
    private IDisposable? subscription;

    /// <summary>Starts to follow the bus.</summary>
    public void Open()
    {
        known.UnionWith(qubes);
        subscription = bus.Observe(Receive);
    }

    /// <summary>Adds a listener until the result is disposed.</summary>
    /// <param name="stream">Where the events go.</param>
    /// <param name="only">One qube's events; null: everything.</param>
    public IDisposable Listen(EventStream stream, IQube? only)
    {
        listeners.Add(stream, only);
        return new Listener(this, stream);
    }

    public void Dispose()
    {
        subscription?.Dispose();
        subscription = null;
    }

    private void Receive(QubesEvent e)
    {
        if (e is QubeAdded added)
            known.Add(added.Qube);
        else if (e is QubeRemoved removed)
            known.Remove(removed.Qube);
        if (!e.IsPublished || (e.Subject is not null && !known.Contains(e.Subject)))
            return;

        byte[]? record = null;
        foreach (var (stream, only) in listeners)
        {
            if (only is null || ReferenceEquals(only, e.Subject))
                stream.Enqueue(record ??= Encode(e));
        }
    }

    private static byte[] Encode(QubesEvent e) => AdminRecord.Event(
        e.Subject?.Name, e.WireName, e.Arguments.Select(a => KeyValuePair.Create(a.Key, EventText.Of(a.Value))));

    private sealed class Listener(EventBroadcast owner, EventStream stream) : IDisposable
    {
        public void Dispose() => owner.listeners.Remove(stream);
    }
}
