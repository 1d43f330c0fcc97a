namespace Qubes.Tools.Listing;

/// <summary>
/// Rows as a tree: below each qube those it gives network to. A qube whose network qube is not among the rows is a root.
/// </summary>
internal sealed class NetworkTree
{
    private readonly ILookup<string, QubeRow> clients;
    private readonly List<(int Depth, QubeRow Row)> placed = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    private NetworkTree(IReadOnlyList<QubeRow> rows)
    {
        var names = rows.Select(row => row.Entry.Name).ToHashSet(StringComparer.Ordinal);
        clients = rows.ToLookup(row => names.Contains(row.Property("netvm")) ? row.Property("netvm") : "", StringComparer.Ordinal);
    }

    /// <summary>Brings the rows into order; those with the same network qube keep theirs.</summary>
    public static IReadOnlyList<(int Depth, QubeRow Row)> Arrange(IReadOnlyList<QubeRow> rows)
    {
        var tree = new NetworkTree(rows);
        tree.Place("", 0);
        // A daemon that lets networks form a circle must not make qubes disappear.
        foreach (var row in rows.Where(row => !tree.seen.Contains(row.Entry.Name)))
            tree.placed.Add((0, row));
        return tree.placed;
    }

    /// <summary>What stands before the name.</summary>
    public static string Indent(int depth) => depth == 0 ? "" : new string(' ', 2 * (depth - 1)) + "└─";

    private void Place(string network, int depth)
    {
        foreach (var row in clients[network].Where(row => seen.Add(row.Entry.Name)))
        {
            placed.Add((depth, row));
            Place(row.Entry.Name, depth + 1);
        }
    }
}
