using System.Buffers;
using System.Text;

namespace Qubes.Tools.Terminal;

/// <summary>
/// Makes text that came from a qube, the daemon or the command line safe to show: control characters become escapes.
/// </summary>
internal static class SafeText
{
    // Line and paragraph separators, and the marks, overrides and isolates that reverse the direction of text.
    private const string Misleading =
        "\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0xa0).Select(value => (char)value).Where(c => char.IsControl(c) && c is not ('\t' or '\n')),
        .. Misleading,
    ]);

    /// <summary>Keeps tab and line feed; writes every other control character as <c>\xNN</c> or <c>\uNNNN</c>.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Unsafe))
            return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (!Unsafe.Contains(c))
                safe.Append(c);
            else if (c <= 0xff)
                safe.Append("\\x").Append(((int)c).ToString("x2"));
            else
                safe.Append("\\u").Append(((int)c).ToString("x4"));
        }

        return safe.ToString();
    }

    /// <summary>The same, and on one line.</summary>
    public static string OneLine(string text) => Escape(text.TrimEnd('\n')).Replace("\n", "\\n", StringComparison.Ordinal);
}
