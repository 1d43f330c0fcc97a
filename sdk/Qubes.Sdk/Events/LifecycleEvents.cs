using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

// One run of a qube, in order (spec: domain model, sections 8 and 9.3).

/// <summary>A qube is about to start.</summary>
public sealed record QubeStarting(IQube Qube, Guid StartGuid, int MemoryMiB) : PreEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-start";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("start_guid", StartGuid), new("mem_required", MemoryMiB)];
}

/// <summary>Storage is ready; the machine is about to be built.</summary>
public sealed record QubeSpawning(IQube Qube, Guid StartGuid) : PreEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-spawn";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("start_guid", StartGuid)];
}

/// <summary>The machine is built, its processors stopped.</summary>
public sealed record QubeSpawned(IQube Qube, Guid StartGuid) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-spawn";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("start_guid", StartGuid)];
}

/// <summary>The qube is up and its agent answers.</summary>
public sealed record QubeStarted(IQube Qube, Guid StartGuid) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-start";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("start_guid", StartGuid)];
}

/// <summary>A start failed; everything it made is gone again.</summary>
public sealed record QubeStartFailed(IQube Qube, string Reason) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-start-failed";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("reason", Reason)];
}

/// <summary>A qube is about to be paused.</summary>
public sealed record QubePausing(IQube Qube) : PreEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-paused";
}

/// <summary>A qube was paused.</summary>
public sealed record QubePaused(IQube Qube) : QubesEvent(Qube)
{
    /// <inheritdoc/>
    public override string WireName => "domain-paused";
}

/// <summary>A qube is about to go on, or to run for the first time.</summary>
public sealed record QubeUnpausing(IQube Qube) : PreEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-unpaused";
}

/// <summary>A qube runs again, or for the first time.</summary>
public sealed record QubeUnpaused(IQube Qube) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-unpaused";
}

/// <summary>A qube is about to be asked to shut down.</summary>
public sealed record QubeShuttingDown(IQube Qube, bool Force) : PreEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-pre-shutdown";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("force", Force)];
}

/// <summary>A shutdown was refused or took too long.</summary>
public sealed record QubeShutdownFailed(IQube Qube, string Reason) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-shutdown-failed";

    /// <inheritdoc/>
    public override IEnumerable<EventArgument> Arguments => [new("reason", Reason)];
}

/// <summary>The machine has ended and its volumes are stopped.</summary>
public sealed record QubeStopped(IQube Qube) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-stopped";
}

/// <summary>The last event of a run.</summary>
public sealed record QubeShutdown(IQube Qube) : QubesEvent(Qube), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "domain-shutdown";
}
