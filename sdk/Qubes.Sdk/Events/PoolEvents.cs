using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Events;

/// <summary>A pool was added.</summary>
public sealed record PoolAdded(IStoragePool Pool) : QubesEvent(Subject: null), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "pool-add";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("pool", Pool)];
}

/// <summary>A pool is about to be forgotten.</summary>
public sealed record PoolRemoving(IStoragePool Pool) : PreEvent(Subject: null), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "pool-pre-delete";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("pool", Pool)];
}

/// <summary>A pool was forgotten.</summary>
public sealed record PoolRemoved(IStoragePool Pool) : QubesEvent(Subject: null), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "pool-delete";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("pool", Pool)];
}
