namespace Qubes.Plugins.Templates.Apt;

/// <summary>
/// Reads the two formats of apt's sources (sources.list(5)) into stanzas of the newer one and keeps what serves a release.
/// </summary>
/// <remarks>
/// Newer: stanzas of <c>Field: value</c> lines, continued by lines that start with a blank, apart by empty lines, <c>#</c>
/// comments. Older: <c>deb [option=value …] URI SUITE COMPONENT…</c>, a line each.
/// </remarks>
internal static class Deb822
{
    /// <summary>The stanzas of a <c>.sources</c> file; fields by lower-case name.</summary>
    public static IEnumerable<Dictionary<string, string>> ReadStanzas(string text)
    {
        var stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var line in text.Split('\n').Append(""))
        {
            if (line.StartsWith('#'))
                continue;
            if (string.IsNullOrWhiteSpace(line))
            {
                if (stanza.Count > 0)
                    yield return stanza;
                stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                last = null;
            }
            else if (char.IsWhiteSpace(line[0]) && last is not null)
            {
                stanza[last] += "\n" + line.TrimEnd();
            }
            else if (line.IndexOf(':') is var colon and > 0)
            {
                last = line[..colon].Trim();
                stanza[last] = line[(colon + 1)..].Trim();
            }
        }
    }

    /// <summary>The lines of a <c>.list</c> file as stanzas.</summary>
    public static IEnumerable<Dictionary<string, string>> ReadLines(string text)
    {
        foreach (var line in text.Split('\n').Select(l => l.Split('#')[0].Trim()))
        {
            var options = "";
            var rest = line;
            if (line.IndexOf('[') is var open and > 0 && line.IndexOf(']') is var close && close > open)
                (options, rest) = (line[(open + 1)..close], line[..open] + line[(close + 1)..]);
            var words = rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words[0] != "deb")
                continue;
            var stanza = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["Types"] = "deb",
                ["URIs"] = words[1],
                ["Suites"] = words[2],
            };
            if (words.Length > 3)
                stanza["Components"] = string.Join(' ', words[3..]);
            foreach (var option in options.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(o => o.Split('=', 2)))
            {
                if (option is ["signed-by" or "trusted", var value])
                    stanza[option[0]] = value;
            }
            yield return stanza;
        }
    }

    /// <summary>The stanza with only the wanted suites; null when none is left, or it is disabled or for sources only.</summary>
    public static Dictionary<string, string>? Keep(Dictionary<string, string> stanza, IReadOnlyCollection<string> suites)
    {
        var kept = Words(stanza, "Suites").Where(suites.Contains).ToList();
        if (kept.Count == 0 || !Words(stanza, "Types").Contains("deb") || stanza.GetValueOrDefault("Enabled") is "no" or "false")
            return null;
        return new Dictionary<string, string>(stanza, StringComparer.OrdinalIgnoreCase)
        {
            ["Types"] = "deb",
            ["Suites"] = string.Join(' ', kept),
        };
    }

    /// <summary>Writes stanzas.</summary>
    public static string Write(IEnumerable<Dictionary<string, string>> stanzas) =>
        string.Join('\n', stanzas.Select(s => string.Concat(s.Select(f => $"{f.Key}: {f.Value}\n"))));

    private static string[] Words(Dictionary<string, string> stanza, string field) =>
        stanza.GetValueOrDefault(field, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
