namespace Qubes.Tools.Terminal;

/// <summary>Left-aligned columns two spaces apart; nothing after the last one.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] row) => rows.Add(row);

    public void WriteTo(TextWriter output)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows.Max(row => row.Length)];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        foreach (var row in rows)
            output.WriteLine(string.Concat(row.Select((cell, i) => i < row.Length - 1 ? cell.PadRight(widths[i] + 2) : cell)));
    }
}
