using System.Text;

namespace Qubes.Plugins.Templates;

/// <summary>Foreign text made safe for one line of a log or terminal.</summary>
internal static class Printable
{
    private const int Limit = 300;

    /// <summary>Control characters and what is no text become <c>?</c>; at most 300 characters.</summary>
    public static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, Limit));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= Limit)
                return line.Append('…').ToString();
            line.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar || IsInvisible(rune) ? "?" : rune.ToString());
        }
        return line.ToString();
    }

    // Marks that turn the direction of text, and separators that some terminals take for line ends.
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.Format or
        System.Globalization.UnicodeCategory.LineSeparator or
        System.Globalization.UnicodeCategory.ParagraphSeparator;
}
