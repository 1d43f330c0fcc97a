using System.Globalization;
using System.Text;

namespace Qubes.Kernel.Plugins.Logs;

/// <summary>The last lines that one plugin, or the host about it, logged. For any thread.</summary>
internal sealed class PluginLog(TimeProvider time)
{
    /// <summary>So many lines are kept.</summary>
    public const int MaxLines = 500;

    /// <summary>A longer line is cut.</summary>
    public const int MaxLength = 1000;

    private readonly Lock gate = new();
    private readonly Queue<string> lines = new();

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    /// <summary>Adds one; what could move a cursor or break the line is escaped.</summary>
    public void Add(string level, string category, string text)
    {
        var line = new StringBuilder(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        line.Append(' ').Append(level).Append(' ').Append(category).Append(": ");
        foreach (var c in text)
        {
            if (line.Length >= MaxLength)
            {
                line.Append('…');
                break;
            }
            if (IsHarmless(c))
                line.Append(c);
            else
                line.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }
        lock (gate)
        {
            if (lines.Count == MaxLines)
                lines.Dequeue();
            lines.Enqueue(line.ToString());
        }
    }

    private static bool IsHarmless(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
