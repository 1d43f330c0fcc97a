using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Declarations;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>
/// References that the domain model follows from qube to qube, and would follow for ever in a circle. Setting them one after
/// the other could not make one; a file can.
/// </summary>
internal static class ReferenceLoops
{
    /// <exception cref="QubesException">There is a circle.</exception>
    public static void Refuse(QubeRegistry qubes)
    {
        foreach (var qube in qubes.Machines)
        {
            Follow(qube, QubeProperties.Netvm, mayNameItself: false);
            Follow(qube, ReferenceDeclarations.Guivm, mayNameItself: true);
        }
    }

    private static void Follow(Qube start, PropertyKey<IQube> key, bool mayNameItself)
    {
        var seen = new HashSet<Qube>();
        for (Qube? at = start; at is { HasNetvm: true };)
        {
            if (!seen.Add(at))
                throw new QubesException($"It is refused: the {key.Name} of '{at.Name}' leads, from qube to qube, back to itself");
            var next = (Qube?)at.Properties.Get(key);
            at = mayNameItself && next == at ? null : next;
        }
    }
}
