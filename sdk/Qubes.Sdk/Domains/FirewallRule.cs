using System.Buffers;
using System.Globalization;
using System.Net;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

// rule    = pair *( SP pair ) [ SP "comment=" text ]        pairs in any order, each key once; comment last
// pair    = "action=" ( "accept" | "drop" )                 mandatory
//         | "expire=" unix-seconds
//         | "dst4=" IPv4 [ "/" length ] | "dst6=" IPv6 [ "/" length ] | "dsthost=" name | "dstname=" name    one of them
//         | "proto=" ( "tcp" | "udp" | "icmp" )
//         | "specialtarget=dns"
//         | "dstports=" from [ "-" to ]                     not with icmp
//         | "icmptype=" 0…255                               only with icmp
// (spec: Admin API, section 6.12)

/// <summary>One rule of a qube's firewall, in the form in which clients read it.</summary>
public sealed record FirewallRule
{
    private const string CommentKey = "comment";

    private static readonly string[] KeysInOrder =
        ["action", "expire", "dst4", "dst6", "dsthost", "proto", "specialtarget", "dstports", "icmptype", CommentKey];

    private static readonly SearchValues<char> CommentText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:;,./-_[] ");

    private readonly string text;

    private FirewallRule(string text, DateTimeOffset? expires) => (this.text, Expires) = (text, expires);

    /// <summary>The rule of a new qube: everything may pass.</summary>
    public static FirewallRule AcceptAll { get; } = new("action=accept", expires: null);

    /// <summary>When it ceases to hold; null: never.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="InvalidValueException">It breaks the grammar; the message says where.</exception>
    public static FirewallRule Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var values = Split(line);
        if (!values.ContainsKey("action"))
            throw new InvalidValueException("A firewall rule needs action=accept or action=drop");
        if (values.Keys.Count(k => k is "dst4" or "dst6" or "dsthost") > 1)
            throw new InvalidValueException("A firewall rule takes one of dst4, dst6 and dsthost");
        if (values.ContainsKey("icmptype") && values.GetValueOrDefault("proto") != "icmp")
            throw new InvalidValueException("icmptype needs proto=icmp in the same firewall rule");
        if (values.ContainsKey("dstports") && values.GetValueOrDefault("proto") == "icmp")
            throw new InvalidValueException("dstports cannot stand with proto=icmp in one firewall rule");
        var expires = values.TryGetValue("expire", out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
            : (DateTimeOffset?)null;
        return new(string.Join(' ', KeysInOrder.Where(values.ContainsKey).Select(k => $"{k}={values[k]}")), expires);
    }

    /// <summary>The line, keys in the order clients expect.</summary>
    public override string ToString() => text;

    private static Dictionary<string, string> Split(string line)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var rest = line; rest.Length > 0;)
        {
            var isComment = rest.StartsWith(CommentKey + "=", StringComparison.Ordinal);
            var end = isComment ? -1 : rest.IndexOf(' ', StringComparison.Ordinal);
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[(end + 1)..];
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new InvalidValueException($"A firewall rule is KEY=VALUE pairs with single spaces between, not '{pair}'");
            var (key, value) = Accept(pair[..equals], pair[(equals + 1)..]);
            if (!values.TryAdd(key, value))
                throw new InvalidValueException($"A firewall rule takes '{key}' once");
        }
        return values;
    }

    private static (string Key, string Value) Accept(string key, string value) => key switch
    {
        "action" when value is "accept" or "drop" => (key, value),
        "proto" when value is "tcp" or "udp" or "icmp" => (key, value),
        "specialtarget" when value is "dns" => (key, value),
        "dst4" => (key, Network(value, 32, System.Net.Sockets.AddressFamily.InterNetwork)),
        "dst6" => (key, Network(value, 128, System.Net.Sockets.AddressFamily.InterNetworkV6)),
        "dsthost" or "dstname" => ("dsthost", HostName(value)),
        "dstports" => (key, Ports(value)),
        "icmptype" => (key, Number(key, value, 255)),
        "expire" => (key, Number(key, value, 253_402_300_799)),
        CommentKey when !value.AsSpan().ContainsAnyExcept(CommentText) => (key, value),
        _ when KeysInOrder.Contains(key) => throw new InvalidValueException($"A firewall rule's {key} cannot be '{value}'"),
        _ => throw new InvalidValueException($"A firewall rule has no key '{key}'; known: {string.Join(", ", KeysInOrder)}"),
    };

    private static string Number(string key, string value, long most) =>
        value.Length is > 0 and <= 19 && value.All(char.IsAsciiDigit) && long.TryParse(value, CultureInfo.InvariantCulture, out var number)
            && number <= most
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new InvalidValueException($"A firewall rule's {key} is a number from 0 to {most}, not '{value}'");

    private static string Ports(string value)
    {
        var ends = value.Split('-');
        var (from, to) = (Number("dstports", ends[0], 65535), Number("dstports", ends[^1], 65535));
        return ends.Length <= 2 && int.Parse(from, CultureInfo.InvariantCulture) <= int.Parse(to, CultureInfo.InvariantCulture)
            ? $"{from}-{to}"
            : throw new InvalidValueException($"A firewall rule's dstports is one port or FROM-TO, not '{value}'");
    }

    private static string Network(string value, int bits, System.Net.Sockets.AddressFamily family)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var length = slash < 0 ? $"{bits}" : Number("prefix length", value[(slash + 1)..], bits);
        return IPAddress.TryParse(slash < 0 ? value : value[..slash], out var address) && address.AddressFamily == family
            && (bits == 128 || value.Count(c => c == '.') == 3) && !value.Contains('%', StringComparison.Ordinal)
            ? $"{address}/{length}"
            : throw new InvalidValueException($"A firewall rule's destination '{value}' is no address of its kind");
    }

    private static string HostName(string value) =>
        value.Length is > 0 and <= 253 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && !value.StartsWith('-')
            ? value
            : throw new InvalidValueException($"A firewall rule's host name '{value}' has other than letters, digits, '.', '-' and '_'");
}
