using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>
/// Fired on the calling qube before an Admin API call acts; a handler refuses it with <c>PermissionDenied</c>, or hides
/// what the caller may not see. Never seen by clients. A handler that fails refuses, too.
/// </summary>
/// <remarks>
/// Where nobody says what a caller may see, the host sees everything and others see nothing: <c>admin.vm.List</c> and
/// <c>admin.vm.Stats</c> tell them of all qubes only after <see cref="ShowOnly"/>, <c>admin.Events</c> sends them events
/// only after <see cref="SendOnly"/>. So a policy plugin allows by naming what is allowed; forgetting to is a refusal.
/// </remarks>
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
    private Predicate<string>? names;

    /// <inheritdoc/>
    public override string WireName => "admin-permission:" + Method;

    /// <inheritdoc/>
    public override bool IsPublished => false;

    /// <summary>Whether handlers hide something.</summary>
    public bool IsFiltered => qubes is not null || events is not null || names is not null;

    /// <summary>Whether a handler said which qubes the caller may see.</summary>
    public bool KnowsQubes => qubes is not null;

    /// <summary>Whether a handler said which events the caller may have.</summary>
    public bool KnowsEvents => events is not null;

    /// <summary>Shows the caller of a listing only qubes that pass, besides what others ask for.</summary>
    public void ShowOnly(Predicate<IQube> filter) => qubes = Both(qubes, filter);

    /// <summary>Sends the listener only events that pass, besides what others ask for.</summary>
    public void SendOnly(Predicate<QubesEvent> filter) => events = Both(events, filter);

    /// <summary>Lists to the caller only names that pass, besides what others ask for: pools, labels, volumes, tags, ….</summary>
    public void ListOnly(Predicate<string> filter) => names = Both(names, filter);

    /// <summary>Whether every handler lets the caller see the name in a listing of things that are no qubes.</summary>
    public bool Lists(string name) => names is null || names(name);

    /// <summary>Whether every handler lets the caller see the qube.</summary>
    public bool Shows(IQube qube) => qubes is null || qubes(qube);

    /// <summary>Whether every handler lets the listener have the event.</summary>
    public bool Sends(QubesEvent e) => events is null || events(e);

    private static Predicate<T> Both<T>(Predicate<T>? first, Predicate<T> second) =>
        first is null ? second : item => first(item) && second(item);
}
