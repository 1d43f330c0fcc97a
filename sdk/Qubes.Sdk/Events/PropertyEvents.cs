using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>A property is about to be set. The subject is null for system properties.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
/// <param name="NewValue">Typed: bool, int, string, label or qube; null for none.</param>
/// <param name="OldValue">The value so far, default or explicit.</param>
public sealed record PropertySetting(IQube? Subject, string Name, object? NewValue, object? OldValue) : PreEvent(Subject)
{
    /// <inheritdoc/>
    public override string WireName => "property-pre-set:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments =>
        [new("name", Name), new("newvalue", NewValue), new("oldvalue", OldValue)];
}

/// <summary>A property was set.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
/// <param name="NewValue">Typed: bool, int, string, label or qube; null for none.</param>
/// <param name="OldValue">The value before, default or explicit.</param>
public sealed record PropertySet(IQube? Subject, string Name, object? NewValue, object? OldValue) : QubesEvent(Subject)
{
    /// <inheritdoc/>
    public override string WireName => "property-set:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments =>
        [new("name", Name), new("newvalue", NewValue), new("oldvalue", OldValue)];
}

/// <summary>A property is about to go back to its default. Seen by clients as <c>property-pre-reset</c>.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
/// <param name="OldValue">The value so far.</param>
public sealed record PropertyResetting(IQube? Subject, string Name, object? OldValue) : PreEvent(Subject)
{
    /// <inheritdoc/>
    public override string WireName => "property-pre-reset:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("name", Name), new("oldvalue", OldValue)];
}

/// <summary>A property went back to its default, or a computed default changed.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
public sealed record PropertyReset(IQube? Subject, string Name) : QubesEvent(Subject)
{
    /// <summary>Somebody reset the property; otherwise something that its default follows from has changed.</summary>
    public bool IsExplicit { get; init; }

    /// <summary>The value before an explicit reset; null for none, and otherwise.</summary>
    public object? OldValue { get; init; }

    /// <inheritdoc/>
    public override string WireName => "property-reset:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments =>
        IsExplicit ? [new("name", Name), new("oldvalue", OldValue)] : [new("name", Name)];
}

/// <summary>Follows <see cref="PropertyResetting"/>: the name that older clients listen for.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
/// <param name="OldValue">The value so far.</param>
public sealed record PropertyDeleting(IQube? Subject, string Name, object? OldValue) : PreEvent(Subject)
{
    /// <inheritdoc/>
    public override string WireName => "property-pre-del:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("name", Name), new("oldvalue", OldValue)];
}

/// <summary>Follows the <see cref="PropertyReset"/> of an explicit reset: the name that older clients listen for.</summary>
/// <param name="Subject">The qube, or null for the system.</param>
/// <param name="Name">The property.</param>
/// <param name="OldValue">The value before.</param>
public sealed record PropertyDeleted(IQube? Subject, string Name, object? OldValue) : QubesEvent(Subject)
{
    /// <inheritdoc/>
    public override string WireName => "property-del:" + Name;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("name", Name), new("oldvalue", OldValue)];
}
