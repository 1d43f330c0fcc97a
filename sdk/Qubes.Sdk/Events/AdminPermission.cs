using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>
/// Fired on the calling qube before an Admin API call acts; a handler refuses it with <c>PermissionDenied</c>, or hides
/// what the caller may not see. Never seen by clients. A handler that fails refuses, too.
/// </summary>
/// <param name="Caller">The calling qube.</param>
/// <param name="Method">e.g. <c>admin.vm.feature.Set</c>.</param>
/// <param name="Destination">The qube the call is about.</param>
/// <param name="Argument">The method's argument.</param>
/// <param name="Payload">What the caller sent: the new value, size, …; unchecked, at most 64 KiB.</param>
public sealed record AdminPermission(
    IQube Caller, string Method, IQube Destination, string Argument, ReadOnlyMemory<byte> Payload)
    : PreEvent(Caller), IFailClosedEvent
{
    private Predicate<IQube>? qubes;
    private Predicate<QubesEvent>? events;

    /// <inheritdoc/>
    public override string WireName => "admin-permission:" + Method;

    /// <inheritdoc/>
    public override bool IsPublished => false;

    /// <summary>Whether handlers hide something.</summary>
    public bool IsFiltered => qubes is not null || events is not null;

    /// <summary>Shows the caller of a listing only qubes that pass, besides what others ask for.</summary>
    public void ShowOnly(Predicate<IQube> filter) => qubes = Both(qubes, filter);

    /// <summary>Sends the listener only events that pass, besides what others ask for.</summary>
    public void SendOnly(Predicate<QubesEvent> filter) => events = Both(events, filter);

    /// <summary>Whether every handler lets the caller see the qube.</summary>
    public bool Shows(IQube qube) => qubes is null || qubes(qube);

    /// <summary>Whether every handler lets the listener have the event.</summary>
    public bool Sends(QubesEvent e) => events is null || events(e);

    private static Predicate<T> Both<T>(Predicate<T>? first, Predicate<T> second) =>
        first is null ? second : item => first(item) && second(item);
}
