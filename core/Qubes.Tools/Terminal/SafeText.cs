using System.Buffers;
using System.Text;

namespace Qubes.Tools.Terminal;

/// <summary>Makes text that came from a qube, the daemon or the command line safe to show: control characters become escapes.</summary>
internal static class SafeText
{
    // C0 without tab and line feed, DEL, C1, line and paragraph separators, and the bidirectional overrides and isolates.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019"
        + "\u001a\u001b\u001c\u001d\u001e\u001f\u007f\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d"
        + "\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e\u009f\u2028\u2029"
        + "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

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
