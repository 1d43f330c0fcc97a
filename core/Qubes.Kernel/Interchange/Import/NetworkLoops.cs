using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>
/// Networks, which the domain model follows from qube to qube, and would follow for ever in a circle. Setting netvms one after
/// the other could not make one; a file can.
/// </summary>
internal static class NetworkLoops
{
    /// <exception cref="QubesException">There is a circle.</exception>
    public static void Refuse(QubeRegistry qubes)
    {
        foreach (var start in qubes.Machines)
        {
            var seen = new HashSet<Qube>();
            for (Qube? at = start; at is { HasNetvm: true }; at = (Qube?)at.Properties.Get(QubeProperties.Netvm))
            {
                if (!seen.Add(at))
                    throw new QubesException($"It is refused: the netvm of '{at.Name}' leads, from qube to qube, back to itself");
            }
        }
    }
}
