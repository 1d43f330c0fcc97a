using System.Globalization;

namespace Qubes.Daemon.Logging;

/// <summary>Text of unknown origin for a terminal or a log.</summary>
internal static class EscapedText
{
    /// <summary>Controls, line breaks of every kind, direction marks and halves of characters become <c>\uXXXX</c>.</summary>
    public static void Write(TextWriter writer, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                writer.Write(text[i]);
                writer.Write(text[++i]);
            }
            else if (IsHarmless(text[i]))
            {
                writer.Write(text[i]);
            }
            else
            {
                writer.Write($"\\u{(int)text[i]:X4}");
            }
        }
    }

    private static bool IsHarmless(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
