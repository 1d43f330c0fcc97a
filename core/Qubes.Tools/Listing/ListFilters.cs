using System.CommandLine;
using Qubes.Tools.Domains;

namespace Qubes.Tools.Listing;

/// <summary>
/// The options of <c>qvm-ls</c> that choose qubes. Several states given: any of them. Several tags: any of them.
/// </summary>
internal sealed class ListFilters
{
    private static readonly string[] States =
        ["Running", "Paused", "Halted", "Suspended", "Transient", "Halting", "Dying", "Crashed"];

    private readonly Option<bool>[] states =
        [.. States.Select(state => new Option<bool>("--" + state.ToLowerInvariant())
        {
            Description = $"Qubes in state {state}",
        })];

    private readonly Option<string[]> tags = new("--tags")
    {
        Description = "Qubes that have any of these tags",
        HelpName = "TAG",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> classes = new("--class")
    {
        Description = "Qubes of these classes, separated by commas",
        HelpName = "CLASS",
    };
    private readonly Option<string[]> labels = new("--label")
    {
        Description = "Qubes with these labels, separated by commas",
        HelpName = "LABEL",
    };
    private readonly Option<string[]> templates = new("--template-source")
    {
        Description = "Qubes based on these templates",
        HelpName = "VMNAME",
    };
    private readonly Option<string[]> netvms = new("--netvm-is")
    {
        Description = "Qubes with these network qubes",
        HelpName = "VMNAME",
    };

    public void AddTo(Command command)
    {
        foreach (var option in this.states.Concat<Option>([this.tags, this.classes, labels, templates, netvms]))
            command.Add(option);
    }

    /// <summary>What <see cref="Matches(ParseResult, QubeRow)"/> reads.</summary>
    public Need Needs(ParseResult line) =>
        (Given(line, this.tags).Length > 0 ? Need.Tags : Need.None)
        | (new[] { labels, templates, netvms }.Any(option => Given(line, option).Length > 0) ? Need.Properties : Need.None);

    /// <summary>Judges by the list alone, before anything else is fetched.</summary>
    public bool Matches(ParseResult line, QubeEntry qube)
    {
        var states = States.Where((_, i) => line.GetValue(this.states[i])).ToList();
        var classes = Given(line, this.classes);
        return (states.Count == 0 || states.Contains(qube.State)) && (classes.Length == 0 || classes.Contains(qube.Class));
    }

    public bool Matches(ParseResult line, QubeRow row) =>
        (Given(line, this.tags) is not { Length: > 0 } tags || tags.Intersect(row.Tags).Any())
        && MatchesProperty(line, row, labels, "label")
        && MatchesProperty(line, row, templates, "template")
        && MatchesProperty(line, row, netvms, "netvm");

    private static bool MatchesProperty(ParseResult line, QubeRow row, Option<string[]> option, string property) =>
        Given(line, option) is not { Length: > 0 } accepted || accepted.Contains(row.Property(property));

    private static string[] Given(ParseResult line, Option<string[]> option) =>
        [.. (line.GetValue(option) ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries))];
}
