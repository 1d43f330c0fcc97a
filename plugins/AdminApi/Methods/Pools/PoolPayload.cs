using System.Buffers;
using System.Globalization;
using System.Text;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Pools;

// payload = "name=" n *( LF option "=" value ) [ LF ]     in any order, each key once; printable ASCII
// n       = 1*( letter | digit | "-" | "_" | "." )                     (spec: Admin API, section 7.5)
internal static class PoolPayload
{
    private static readonly SearchValues<byte> Allowed = SearchValues.Create([(byte)'\n', .. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b)]);

    /// <exception cref="ProtocolException">Anything that does not fit the grammar, or no option of the driver.</exception>
    public static PoolConfiguration Parse(ReadOnlySpan<byte> payload, string driver, IReadOnlyList<string> options)
    {
        if (payload.ContainsAnyExcept(Allowed))
            throw new ProtocolException("the payload has bytes that are neither printable ASCII nor line feeds");

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string text = Encoding.ASCII.GetString(payload);
        foreach (string line in (text.EndsWith('\n') ? text[..^1] : text).Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new ProtocolException("expected lines of KEY=VALUE, one of them name=NAME");
            string key = line[..equals];
            if (key != "name" && !options.Contains(key))
                throw new ProtocolException($"unknown key {key}; {driver} takes name, {string.Join(", ", options)}");
            if (!values.TryAdd(key, line[(equals + 1)..]))
                throw new ProtocolException($"duplicate key {key}");
        }

        if (!values.Remove("name", out string? name))
            throw new ProtocolException("missing key name");
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ProtocolException("invalid pool name: expected letters, digits and - _ .");
        return new(name, driver, values.ToDictionary(v => v.Key, v => Normal(v.Key, v.Value)));
    }

    private static string Normal(string key, string value) => key switch
    {
        "revisions_to_keep" when WireNumber.Revisions(Encoding.ASCII.GetBytes(value)) is >= -1 and var revisions =>
            revisions.ToString(CultureInfo.InvariantCulture),
        "revisions_to_keep" => throw new ProtocolException("expected a number of revisions, -1 or more"),
        "ephemeral_volatile" => WireFlag.Parse(Encoding.ASCII.GetBytes(value)) ? "True" : "False",
        _ => value,
    };
}
