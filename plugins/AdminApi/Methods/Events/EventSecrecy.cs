using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Methods.Events;

/// <summary>Which events clients never see, whoever fires them (spec: Admin API, section 5).</summary>
internal static class EventSecrecy
{
    private static readonly string[] Prefixes = ["admin-permission:", "device-get:", "device-list:", "device-list-attached:"];

    // A qube's first two come before anybody can have subscribed to it; the third is a question among plugins.
    private static readonly string[] Names = ["domain-init", "domain-load", "domain-is-fully-usable"];

    public static bool IsForClients(QubesEvent e) => e.IsPublished && IsForClients(e.WireName);

    private static bool IsForClients(string name) =>
        !Names.Contains(name) && !Array.Exists(Prefixes, p => name.StartsWith(p, StringComparison.Ordinal));
}
