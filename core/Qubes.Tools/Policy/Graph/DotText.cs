using System.Text;

namespace Qubes.Tools.Policy.Graph;

/// <summary>The graph in the language of Graphviz.</summary>
internal static class DotText
{
    public static string Of(SortedDictionary<PermittedCall, SortedSet<string>> calls)
    {
        var text = new StringBuilder("digraph policy {\n  node [shape=box];\n");
        foreach (var (call, services) in calls)
        {
            text.Append($"  {Quote(call.Source)} -> {Quote(call.Target)} [label={Quote(string.Join('\n', services))}")
                .Append(call.IsAsked ? ", style=dashed" : "").Append("];\n");
        }
        return text.Append("}\n").ToString();
    }

    // In quotes everything but the quote and the backslash stands for itself; a line feed is written as one.
    private static string Quote(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
