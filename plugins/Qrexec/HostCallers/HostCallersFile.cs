using System.Buffers;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.HostCallers;

// line    = blank | "#" text | account NAME *TAG                        ; split at white space
// account = USER | "@" GROUP                                             ; as the host's account database names them
// NAME    = as a qube could be called, but "dom0"
// TAG     = letters, digits, "_" and "-"
//
// The first line that fits a caller counts. A line that is wrong makes the whole file unusable: a skipped one could be what keeps a
// later one from counting.
internal static class HostCallersFile
{
    private const string Host = "dom0";

    private static readonly SearchValues<char> InTag =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> InAccount =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$+\\");

    /// <summary>Parses the whole file.</summary>
    /// <exception cref="HostCallersException">A line is wrong.</exception>
    public static IReadOnlyList<CallerLine> Parse(string file, string text)
    {
        var lines = new List<CallerLine>();
        string[] raw = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < raw.Length; i++)
        {
            string line = raw[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            CallerLine parsed = ParseLine($"{file}:{i + 1}", line);
            if (lines.Find(l => l.Account == parsed.Account && l.IsGroup == parsed.IsGroup) is { } earlier)
                throw new HostCallersException(parsed.Location, $"{line.Split()[0]} has a line already, at {earlier.Location}");
            lines.Add(parsed);
        }
        return lines;
    }

    private static CallerLine ParseLine(string location, string line)
    {
        if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [var account, var name, .. var tags])
            throw new HostCallersException(location, "expected USER NAME [TAG...] or @GROUP NAME [TAG...]");
        bool isGroup = account[0] == '@';
        string bare = isGroup ? account[1..] : account;
        if (bare.Length == 0 || bare.AsSpan().ContainsAnyExcept(InAccount))
            throw new HostCallersException(location, $"'{account}' is no name of a user, nor of a group behind an @");
        try
        {
            QubeNames.Require(name);
        }
        catch (InvalidValueException e)
        {
            throw new HostCallersException(location, e.Message);
        }
        if (name == Host)
            throw new HostCallersException(location, $"nobody is called {Host} but the host itself");
        if (Array.Find(tags, t => t.AsSpan().ContainsAnyExcept(InTag)) is { } wrong)
            throw new HostCallersException(location, $"'{wrong}' is no tag: letters, digits, '_' and '-' are accepted");
        return new(bare, isGroup, name, new HashSet<string>(tags, StringComparer.Ordinal), location);
    }
}
