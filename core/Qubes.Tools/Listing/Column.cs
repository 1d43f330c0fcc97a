namespace Qubes.Tools.Listing;

/// <summary>A column of <c>qvm-ls</c>.</summary>
/// <param name="Heading">Upper case.</param>
/// <param name="Summary">For <c>--help-columns</c>.</param>
/// <param name="Needs">What <paramref name="Value"/> reads.</param>
/// <param name="Value">The cell's text; an empty one is shown as <c>-</c>.</param>
internal sealed record Column(string Heading, string Summary, Need Needs, Func<QubeRow, string> Value)
{
    /// <summary>Features that <see cref="Value"/> reads.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    public string Cell(QubeRow row) => Value(row) is { Length: > 0 } text ? text : "-";
}
