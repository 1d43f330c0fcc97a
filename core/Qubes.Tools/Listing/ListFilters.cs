using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Listing;

/// <summary>
/// The options of <c>qvm-ls</c> that choose qubes: all options given must fit. Of several values of one option any does, but of
/// <c>--features</c> and <c>--prefs</c> all.
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

    private readonly Option<string[]> classes = Many("--class", "CLASS", "Qubes of these classes");
    private readonly Option<string[]> labels = Many("--label", "LABEL", "Qubes with these labels");
    private readonly Option<string[]> tags = Many("--tags", "TAG", "Qubes that have any of these tags");
    private readonly Option<string[]> excludedTags = Many("--exclude-tags", "TAG", "Qubes that have none of these tags");
    private readonly Option<string[]> templates = Many("--template-source", "VMNAME", "Qubes based on these templates");
    private readonly Option<string[]> netvms = Many("--netvm-is", "VMNAME", "Qubes with these network qubes");
    private readonly Option<string?> isInternal = Choice("--internal", "Only internal qubes (y), or none of them (n)");
    private readonly Option<string?> isService = Choice("--servicevm", "Only service qubes (y), or none of them (n)");
    private readonly Option<bool> pendingUpdate = new("--pending-update") { Description = "Qubes that have updates to install" };
    private readonly Option<string[]> features = Many(
        "--features", "FEATURE=VALUE", "Qubes with all these features; FEATURE= if it is unset, FEATURE='' if it is empty");
    private readonly Option<string[]> properties = Many(
        "--prefs", "PROPERTY=VALUE", "Qubes with all these properties; PROPERTY= if it has no value");

    public void AddTo(Command command)
    {
        foreach (var option in states.Concat<Option>(
            [classes, labels, tags, excludedTags, templates, netvms, isInternal, isService, pendingUpdate, features, properties]))
            command.Add(option);
    }

    /// <summary>The conditions of this command line.</summary>
    /// <exception cref="UsageException">A condition is worded wrongly.</exception>
    public ListConditions Read(ParseResult line) => new()
    {
        States = [.. States.Where((_, i) => line.GetValue(states[i]))],
        Classes = Given(line, classes),
        AnyTag = Given(line, tags),
        NoTag = Given(line, excludedTags),
        AnyProperty = [("label", Given(line, labels)), ("template", Given(line, templates)), ("netvm", Given(line, netvms))],
        Switches = [.. Switch(line, isInternal, "internal"), .. Switch(line, isService, "servicevm"),
            .. line.GetValue(pendingUpdate) ? [("updates-available", true)] : Array.Empty<(string, bool)>()],
        Features = [.. (line.GetValue(features) ?? []).Select(text => Comparison.Parse(features.Name, text))],
        Properties = [.. (line.GetValue(properties) ?? []).Select(text => Comparison.Parse(properties.Name, text))],
    };

    private static Option<string[]> Many(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = true,
    };

    private static Option<string?> Choice(string name, string description) =>
        new(name) { Description = description, HelpName = "y|n" };

    private static (string Feature, bool Wanted)[] Switch(ParseResult line, Option<string?> option, string feature) =>
        line.GetValue(option) is { } word ? [(feature, TruthValue.Parse(word))] : [];

    private static string[] Given(ParseResult line, Option<string[]> option) =>
        [.. (line.GetValue(option) ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries))];
}
