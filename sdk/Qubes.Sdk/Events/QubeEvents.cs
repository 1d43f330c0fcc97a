using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>A qube was added.</summary>
public sealed record QubeAdded(IQube Qube) : QubesEvent(Subject: null)
{
    /// <inheritdoc/>
    public override string WireName => "domain-add";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("vm", Qube)];
}

/// <summary>A qube is about to be removed; what goes with it is removed by handlers, before it.</summary>
public sealed record QubeRemoving(IQube Qube) : PreEvent(Subject: null), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-delete";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("vm", Qube)];
}

/// <summary>A qube was removed; its object can still be read.</summary>
public sealed record QubeRemoved(IQube Qube) : QubesEvent(Subject: null)
{
    /// <inheritdoc/>
    public override string WireName => "domain-delete";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("vm", Qube)];
}

/// <summary>A new qube's volumes exist.</summary>
public sealed record QubeCreatedOnDisk(IQube Qube) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-create-on-disk";
}

/// <summary>A removed qube's volumes are about to go.</summary>
public sealed record QubeRemovedFromDisk(IQube Qube) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-remove-from-disk";
}

/// <summary>Raw property values were copied from another qube, without an event each.</summary>
public sealed record PropertiesCloned(IQube Qube, IQube Source, IReadOnlyList<string> Names) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "clone-properties";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("src", Source), new("proplist", Names)];
}

/// <summary>A tag was added.</summary>
public sealed record TagAdded(IQube Qube, string Tag) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-tag-add:" + Tag;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("tag", Tag)];
}

/// <summary>A tag was removed.</summary>
public sealed record TagRemoved(IQube Qube, string Tag) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-tag-delete:" + Tag;

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("tag", Tag)];
}

/// <summary>A qube's firewall rules were set, or are to be read anew.</summary>
public sealed record FirewallChanged(IQube Qube) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "firewall-changed";
}

/// <summary>A client appeared on, or returned to, the network of a qube that provides one.</summary>
/// <param name="Qube">The netvm.</param>
/// <param name="Client">Its client.</param>
public sealed record NetworkClientConnected(IQube Qube, IQube Client) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "net-domain-connect";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("vm", Client)];
}
