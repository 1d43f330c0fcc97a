using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>
/// What Xen calls free, of a host that is a Linux itself: available, and neither promised to machines that have not touched it yet, nor
/// claimed, nor what the host prefers to have beyond what it uses (<c>docs/differences.md</c>). Used on the kernel loop.
/// </summary>
internal sealed class HostShare(MemoryOptions options, Ledger ledger, ClaimBook claims)
{
    public long FreeOf(HostReading host) => host.Available - ledger.Untouched - claims.OpenBytes - HeadroomOf(host);

    /// <summary>What new qubes could be given: spec: qmemman, section 4, <c>available</c>. May be negative.</summary>
    public long AvailableOf(HostReading host) => FreeOf(host) - options.Reserve - (ledger.Preferred - ledger.Actual);

    /// <summary>What it uses for itself.</summary>
    public long UsedOf(HostReading host) => Math.Clamp(host.Total - host.Available - ledger.Resident, 0, host.Total);

    /// <summary>What it prefers to have (spec: qmemman, section 3, dom0).</summary>
    public long PreferredOf(HostReading host) => PreferredMemory.OfHost(options, UsedOf(host), host.Total);

    private long HeadroomOf(HostReading host) => Math.Max(0, PreferredOf(host) - UsedOf(host));
}
