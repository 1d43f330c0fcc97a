using Microsoft.Extensions.Logging;
using Qubes.Plugins.AdminApi.Streams;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Methods.Events;

/// <summary>
/// Hands every published event to the listeners it concerns, encoded once. A qube's events are seen from its
/// <c>domain-add</c> to its <c>domain-delete</c> (spec: Admin API, section 5). Used on the kernel loop.
/// </summary>
internal sealed class EventBroadcast(IEventBus bus, IQubes qubes, ILogger<EventBroadcast> logger) : IDisposable
{
    private readonly HashSet<IQube> known = [];
    private readonly Dictionary<EventStream, Audience> listeners = [];
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
    /// <param name="permission">What plugins let the listener have; null: everything.</param>
    public IDisposable Listen(EventStream stream, IQube? only, AdminPermission? permission)
    {
        listeners.Add(stream, new(only, permission));
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
        if (listeners.Count == 0 || !EventSecrecy.IsForClients(e) || (e.Subject is not null && !known.Contains(e.Subject)))
            return;

        byte[]? record = null;
        foreach (var (stream, audience) in listeners)
        {
            if ((audience.Only is null || ReferenceEquals(audience.Only, e.Subject)) && MayHave(audience.Permission, e))
                stream.Enqueue(record ??= Encode(e));
        }
    }

    private bool MayHave(AdminPermission? permission, QubesEvent e)
    {
        try
        {
            return permission?.Sends(e) ?? true;
        }
        catch (Exception defect)
        {
            // Whatever the filter of any plugin throws: the event is not for this listener, and the others lose nothing.
            Log.FilterFailed(logger, defect, permission!.Caller.Name, new(e.WireName));
            return false;
        }
    }

    private static byte[] Encode(QubesEvent e) => AdminRecord.Event(
        e.Subject?.Name, e.WireName, e.Arguments.Select(a => KeyValuePair.Create(a.Key, EventText.Of(a.Value))));

    private sealed record Audience(IQube? Only, AdminPermission? Permission);

    private sealed class Listener(EventBroadcast owner, EventStream stream) : IDisposable
    {
        public void Dispose() => owner.listeners.Remove(stream);
    }
}
