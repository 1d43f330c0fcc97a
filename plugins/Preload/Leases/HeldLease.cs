using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>A lease that a client of the Admin API holds by its name.</summary>
/// <param name="id">What the client calls it by.</param>
/// <param name="destination">What it was begun at: each later call must be about that, so that a policy of destinations holds.</param>
/// <param name="lease">The lease.</param>
internal sealed class HeldLease(string id, IQube destination, Lease lease)
{
    public string Id => id;

    public IQube Destination => destination;

    public Lease Lease => lease;

    /// <summary>Calls that are being answered: while there are any, it is not silent.</summary>
    public int Calls { get; set; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset LastHeard { get; set; }
}
