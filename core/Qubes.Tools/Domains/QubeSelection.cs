using System.CommandLine;
using System.IO.Enumeration;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>The arguments <c>VMNAME…</c>, <c>--all</c> and <c>--exclude</c> of tools that work on several qubes.</summary>
/// <param name="allByDefault">No choice means all qubes.</param>
internal sealed class QubeSelection(bool allByDefault = false)
{
    private readonly Argument<string[]> names = new("VMNAME")
    {
        Description = "Names of qubes; * and ? stand for many or one character",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> all = new("--all") { Description = "All qubes but dom0" };

    private readonly Option<string[]> exclude = new("--exclude")
    {
        Description = "With --all: leave out this qube (repeatable)",
        HelpName = "VMNAME",
    };

    public void AddTo(Command command)
    {
        command.Add(this.names);
        command.Add(this.all);
        command.Add(this.exclude);
    }

    public bool IsAll(ParseResult line) => line.GetValue(this.all);

    /// <summary>No qube is named or left out.</summary>
    public bool IsEverything(ParseResult line) => line.GetValue(this.names) is null or [] && line.GetValue(this.exclude) is null or [];

    /// <summary>The chosen qubes, in the order given, each once.</summary>
    /// <exception cref="UsageException">No choice, both kinds of choice, or a name without a qube.</exception>
    public async Task<IReadOnlyList<QubeEntry>> ResolveAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var names = line.GetValue(this.names) ?? [];
        var all = line.GetValue(this.all) || allByDefault && names.Length == 0;
        var exclude = line.GetValue(this.exclude) ?? [];
        if (all == (names.Length > 0))
        {
            throw new UsageException(
                all ? "--all and VMNAME exclude each other" : "one of the arguments --all VMNAME is required");
        }

        if (exclude.Length > 0 && !all)
            throw new UsageException("--exclude can only be used with --all");
        if (names is [var single] && !IsPattern(single))
            return [await QubeList.FetchOneAsync(session, single, cancellation)];

        var qubes = await QubeList.FetchAsync(session, cancellation);
        if (all)
        {
            foreach (var name in exclude.Where(name => qubes.All(qube => qube.Name != name)))
                throw QubeList.NoSuch(name);
            return [.. qubes.Where(qube => !qube.IsAdmin && !exclude.Contains(qube.Name))];
        }

        return [.. names.SelectMany(name => Matching(name, qubes)).DistinctBy(qube => qube.Name)];
    }

    private static List<QubeEntry> Matching(string name, IReadOnlyList<QubeEntry> qubes)
    {
        var found = qubes.Where(qube => IsPattern(name)
            ? FileSystemName.MatchesSimpleExpression(name, qube.Name, ignoreCase: false)
            : qube.Name == name).ToList();
        return found.Count > 0 ? found : throw QubeList.NoSuch(name);
    }

    private static bool IsPattern(string name) => name.AsSpan().ContainsAny('*', '?');
}
