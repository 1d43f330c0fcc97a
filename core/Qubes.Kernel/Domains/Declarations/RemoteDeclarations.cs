using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>How a qube of another host is reached.</summary>
internal static class RemoteDeclarations
{
    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        ReferenceDeclarations.Reference("relayvm", "Local qube that passes calls on to the other host.", _ => null),
        new Property<Qube, string>("transport_rpc", PropertyType.Text)
            { Help = "Service of the relay that carries calls.", AllowsNone = true, DefaultsToNone = true },
        new Property<Qube, string>("remote_name", PropertyType.Text)
            { Help = "Name of the qube on its own host.", AllowsNone = true, DefaultsToNone = true },
    ];
}
