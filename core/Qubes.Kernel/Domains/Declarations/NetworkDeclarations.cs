using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>Addresses, which follow from a qube's number (spec: domain model, section 3.1).</summary>
internal static partial class NetworkDeclarations
{
    private const int AppPrefix = 137;
    private const int DisposablePrefix = 138;

    private static readonly PropertyKey<string> VisibleIp = new("visible_ip");
    private static readonly PropertyKey<string> Ip6 = new("ip6");

    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        new Property<Qube, bool>("provides_network", PropertyType.Flag)
        {
            Help = "Whether others may use this qube as their netvm.",
            Default = _ => false,
            Check = (qube, value) =>
            {
                if (!value)
                    RequireNoClients(qube);
                return value;
            },
            CheckReset = RequireNoClients,
        },
        new Property<Qube, string>("mac", PropertyType.Text)
        {
            Help = "Hardware address of the network device.",
            Default = _ => "00:16:3e:5e:6c:00",
            Check = (_, mac) => HardwareAddress().IsMatch(mac)
                ? mac.ToLowerInvariant()
                : throw new PropertyValueException($"Property 'mac' takes six pairs of hexadecimal digits, not '{mac}'"),
        },
        Address("ip", AddressFamily.InterNetwork, Ip),
        Address("ip6", AddressFamily.InterNetworkV6, IpV6),
        Declare.Computed("visible_ip", PropertyType.Text, "Address that the qube itself sees.",
            q => q.Features.CheckWithTemplate("net.fake-ip") ?? q.Properties.Get(QubeProperties.Ip)),
        Declare.Computed("visible_ip6", PropertyType.Text, "IPv6 address that the qube itself sees.", q => q.Properties.Get(Ip6)),
        Declare.Computed("gateway", PropertyType.Text, "Address under which clients reach this qube.",
            q => q.Properties.Get(QubeProperties.ProvidesNetwork) ? q.Properties.Get(VisibleIp) : null),
        Declare.Computed("gateway6", PropertyType.Text, "IPv6 address under which clients reach this qube.",
            q => q.Properties.Get(QubeProperties.ProvidesNetwork) ? q.Properties.Get(Ip6) : null),
        Declare.Computed("visible_gateway", PropertyType.Text, "Gateway that the qube itself sees.",
            q => q.Features.CheckWithTemplate("net.fake-gateway") ?? OfNetvm(q, "gateway")),
        Declare.Computed("visible_gateway6", PropertyType.Text, "IPv6 gateway that the qube itself sees.",
            q => OfNetvm(q, "gateway6")),
        Declare.Computed("visible_netmask", PropertyType.Text, "Netmask that the qube itself sees.",
            q => q.Features.CheckWithTemplate("net.fake-netmask") ?? (Netvm(q) is null ? null : "255.255.255.255")),
        Declare.Computed("dns", PropertyType.Text, "Name servers, separated by spaces.",
            q => IsNetworked(q) ? "10.139.1.1 10.139.1.2" : ""),
    ];

    private static void RequireNoClients(Qube qube)
    {
        var client = qube.Qubes.Machines.FirstOrDefault(q => q.HasNetvm && q.Properties.Get(QubeProperties.Netvm) == qube);
        if (client is not null)
            throw new InvalidValueException($"'{qube.Name}' is the netvm of '{client.Name}'; change that first");
    }

    private static Property<Qube, string> Address(string name, AddressFamily family, Func<Qube, string?> value) =>
        new(name, PropertyType.Text)
        {
            Help = "Address in the network of qubes; none without a network.",
            Default = value,
            Check = (_, text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == family &&
                (family == AddressFamily.InterNetworkV6 || address.ToString() == text)
                ? text
                : throw new InvalidValueException($"Property '{name}' takes an address of its kind, not '{text}'"),
        };

    private static IQube? Netvm(Qube qube) => qube.Properties.Get(QubeProperties.Netvm);

    private static bool IsNetworked(Qube qube) => Netvm(qube) is not null || qube.Properties.Get(QubeProperties.ProvidesNetwork);

    private static string? OfNetvm(Qube qube, string property) =>
        Netvm(qube)?.Properties.Get(new PropertyKey<string>(property));

    private static (int Prefix, int Number) Place(Qube qube) => qube.Class == QubeClass.DispVM
        ? (DisposablePrefix, qube.Properties.Get(QubeProperties.Dispid))
        : (AppPrefix, qube.Qid);

    // Neither 0 nor 255 may end an address once the third byte counts, so larger numbers are spread over 254 each.
    private static string? Ip(Qube qube)
    {
        if (!IsNetworked(qube))
            return null;
        var (prefix, number) = Place(qube);
        var (high, low) = number < 255 ? (0, number) : ((number - 1) / 254, ((number - 1) % 254) + 1);
        return string.Create(CultureInfo.InvariantCulture, $"10.{prefix}.{high}.{low}");
    }

    private static string? IpV6(Qube qube)
    {
        if (!IsNetworked(qube) || FeatureOfNetwork(qube, "ipv6") is not { Length: > 0 })
            return null;
        var (prefix, number) = Place(qube);
        return string.Create(CultureInfo.InvariantCulture, $"fd09:24ef:4179:0000::a{prefix:x}:{number:x}");
    }

    private static string? FeatureOfNetwork(Qube qube, string feature)
    {
        for (IQube? at = qube; at is not null; at = at.Properties.Get(QubeProperties.Netvm))
        {
            if (at.Features.TryGetValue(feature, out var value))
                return value;
        }
        return null;
    }

    [GeneratedRegex(@"\A([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\z")]
    private static partial Regex HardwareAddress();
}
