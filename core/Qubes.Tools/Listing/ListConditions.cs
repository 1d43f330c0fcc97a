using Qubes.Tools.Domains;

namespace Qubes.Tools.Listing;

/// <summary>What a qube must be to be listed.</summary>
internal sealed class ListConditions
{
    public IReadOnlyList<string> States { get; init; } = [];

    public IReadOnlyList<string> Classes { get; init; } = [];

    public IReadOnlyList<string> AnyTag { get; init; } = [];

    public IReadOnlyList<string> NoTag { get; init; } = [];

    /// <summary>Properties and the values of which they must have one; no values mean no condition.</summary>
    public IReadOnlyList<(string Property, string[] Values)> AnyProperty { get; init; } = [];

    /// <summary>Features that must be true, or false, where absent and empty are false.</summary>
    public IReadOnlyList<(string Feature, bool Wanted)> Switches { get; init; } = [];

    public IReadOnlyList<Comparison> Features { get; init; } = [];

    public IReadOnlyList<Comparison> Properties { get; init; } = [];

    /// <summary>What <see cref="Fits(QubeRow)"/> reads.</summary>
    public Need Needs =>
        (AnyTag.Count + NoTag.Count > 0 ? Need.Tags : Need.None)
        | (Properties.Count > 0 || AnyProperty.Any(condition => condition.Values.Length > 0) ? Need.Properties : Need.None);

    public IEnumerable<string> NeededFeatures =>
        Switches.Select(condition => condition.Feature).Concat(Features.Select(condition => condition.Key));

    /// <summary>Judges by the list alone, before anything else is fetched.</summary>
    public bool Fits(QubeEntry qube) =>
        (States.Count == 0 || States.Contains(qube.State)) && (Classes.Count == 0 || Classes.Contains(qube.Class));

    public bool Fits(QubeRow row) =>
        (AnyTag.Count == 0 || AnyTag.Intersect(row.Tags).Any())
        && !NoTag.Intersect(row.Tags).Any()
        && AnyProperty.All(condition => condition.Values.Length == 0 || condition.Values.Contains(row.Property(condition.Property)))
        && Switches.All(condition => string.IsNullOrEmpty(row.Feature(condition.Feature)) != condition.Wanted)
        && Features.All(condition => row.Feature(condition.Key) == condition.Value)
        && Properties.All(condition => Fits(row, condition));

    // An empty text is told from none only where the type has an empty text.
    private static bool Fits(QubeRow row, Comparison condition)
    {
        var value = row.Properties.GetValueOrDefault(condition.Key.Replace('-', '_'));
        var text = value is null or { IsMissing: true } or { IsNone: true } ? null : value.Text;
        return text == condition.Value;
    }
}
