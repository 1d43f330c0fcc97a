using System.Text;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Creation;

// payload = "name=" n SP "label=" l [ SP "pool=" p ] *( SP "pool:" volume "=" p )     in any order; ASCII
//           pool and pool: exclude each other                            (spec: Admin API, section 6.11)
internal sealed record CreationPayload(string Name, string Label, string? Pool, IReadOnlyDictionary<string, string> VolumePools)
{
    /// <exception cref="ProtocolException">Anything that does not fit the grammar.</exception>
    public static CreationPayload Parse(ReadOnlySpan<byte> payload, bool allowsPools)
    {
        if (!Ascii.IsValid(payload))
            throw new ProtocolException("the payload has bytes outside ASCII");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string token in Encoding.ASCII.GetString(payload).Split(' '))
        {
            // Upstream answers a token without "=" with nothing; a refusal in words serves its callers better.
            int equals = token.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new ProtocolException("expected name=NAME label=LABEL, with single spaces");
            string key = token[..equals];
            if (key is not ("name" or "label") && !(allowsPools && IsPool(key)))
                throw new ProtocolException($"unknown key {key}");
            if (!values.TryAdd(key, token[(equals + 1)..]))
                throw new ProtocolException($"duplicate key {key}");
        }

        values.Remove("pool", out string? pool);
        string name = Take(values, "name"), label = Take(values, "label");
        if (pool is not null && values.Count > 0)
            throw new ProtocolException("pool and pool:VOLUME exclude each other");
        return new(name, label, pool, values.ToDictionary(v => v.Key["pool:".Length..], v => v.Value));
    }

    private static bool IsPool(string key) =>
        key is "pool" or "pool:root" or "pool:private" or "pool:volatile" or "pool:kernel";

    private static string Take(Dictionary<string, string> values, string key) =>
        values.Remove(key, out string? value) ? value : throw new ProtocolException($"missing key {key}");
}
