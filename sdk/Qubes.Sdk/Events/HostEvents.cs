using Qubes.Sdk.Memory;

namespace Qubes.Sdk.Events;

/// <summary>
/// The host is about to suspend; it waits for what handlers do (spec: Admin API, section 9, <c>internal.SuspendPre</c>). Fired
/// before any qube is told or paused.
/// </summary>
public sealed record HostSuspending() : QubesEvent(Subject: null), IAwaitedEvent
{
    /// <inheritdoc/>
    public override string WireName => "host-suspending";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}

/// <summary>The host has resumed, and its qubes run again.</summary>
public sealed record HostResumed() : QubesEvent(Subject: null)
{
    /// <inheritdoc/>
    public override string WireName => "host-resumed";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}

/// <summary>The host has become shorter of memory, or less short.</summary>
/// <param name="Pressure">How short it is now.</param>
public sealed record HostMemoryPressureChanged(MemoryPressure Pressure) : QubesEvent(Subject: null)
{
    /// <inheritdoc/>
    public override string WireName => "host-memory-pressure";

    /// <inheritdoc/>
    public override bool IsPublished => false;
}
