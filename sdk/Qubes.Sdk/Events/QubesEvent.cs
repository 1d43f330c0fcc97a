using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Events;

/// <summary>Something that happens to a qube, or, with no subject, to the system.</summary>
/// <param name="Subject">The qube it happens to.</param>
public abstract record QubesEvent(IQube? Subject)
{
    /// <summary>The name Admin API clients see, e.g. <c>domain-feature-set:internal</c>.</summary>
    public abstract string WireName { get; }

    /// <summary>Keys and values as Admin API clients see them, in order (spec: domain model, section 9).</summary>
    public virtual IEnumerable<EventArgument> Arguments => [];

    /// <summary>Whether Admin API clients see it at all.</summary>
    public virtual bool IsPublished => true;
}

/// <summary>
/// Fired before something is done; a handler refuses it by throwing a <see cref="QubesException"/>, which reaches whoever
/// asked for it.
/// </summary>
/// <param name="Subject">The qube it will happen to.</param>
public abstract record PreEvent(IQube? Subject) : QubesEvent(Subject);

/// <summary>Marks events that are awaited by whoever fires them, so that handlers may take time.</summary>
public interface IAwaitedEvent;

/// <summary>Marks a pre-event that counts as refused when a handler fails in any way: access decisions.</summary>
public interface IFailClosedEvent;

/// <summary>One argument of an event.</summary>
/// <param name="Key">The wire key.</param>
/// <param name="Value">A qube, label, bool, number or text; written as the spec's Admin API section 5 says.</param>
public readonly record struct EventArgument(string Key, object? Value);
