using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>
/// Reads <c>admin.vm.List</c> (spec: Admin API, section 6.4):
/// <code>NAME " class=" CLASS " state=" STATE " uuid=" UUID LF</code> per qube; unknown keys are skipped.
/// </summary>
internal static class QubeList
{
    private const string Method = "admin.vm.List";

    public static async Task<IReadOnlyList<QubeEntry>> FetchAsync(Session session, CancellationToken cancellation) =>
        Parse(await session.Admin.CallSystemAsync(Method, cancellation: cancellation));

    /// <summary>One qube, at a cost that does not grow with their number.</summary>
    /// <exception cref="UsageException">There is none of this name.</exception>
    public static async Task<QubeEntry> FetchOneAsync(Session session, string name, CancellationToken cancellation)
    {
        try
        {
            var text = name == "dom0"
                ? await session.Admin.CallSystemAsync(Method, cancellation: cancellation)
                : await session.Admin.CallAsync(Method, name, cancellation: cancellation);
            return Parse(text).FirstOrDefault(entry => entry.Name == name || name == "uuid:" + entry.Uuid)
                ?? throw new MalformedAnswerException($"the answer to {Method} does not list '{name}'");
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw NoSuch(name);
        }
    }

    public static NoSuchQubeException NoSuch(string name) => new(name);

    public static IReadOnlyList<QubeEntry> Parse(string text)
    {
        var qubes = new List<QubeEntry>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            qubes.Add(ParseLine(line));
        return qubes;
    }

    private static QubeEntry ParseLine(string line)
    {
        var words = line.Split(' ');
        string? kind = null, state = null, uuid = null;
        foreach (var word in words.AsSpan(1))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var value = word[(equals + 1)..];
            switch (equals < 0 ? "" : word[..equals])
            {
                case "class": kind = value; break;
                case "state": state = value; break;
                case "uuid": uuid = value; break;
            }
        }

        if (words[0].Length == 0 || kind is null || state is null)
            throw new MalformedAnswerException($"a line of the answer to {Method} lacks name, class or state: '{line}'");
        return new QubeEntry(words[0], kind, state, uuid ?? "");
    }
}
