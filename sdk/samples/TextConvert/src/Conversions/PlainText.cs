using System.Globalization;
using System.Text;

namespace Acme.TextConvert.Conversions;

/// <summary>
/// Text as a disposable gave it, made harmless. The disposable may have been taken over by the document, so that anything may stand in
/// there: only what can be printed, and line feeds, is let through; all else, and what is no UTF-8, becomes U+FFFD.
/// </summary>
internal static class PlainText
{
    private static readonly Rune Replacement = Rune.ReplacementChar;

    public static string Of(ReadOnlySpan<byte> hostile)
    {
        var text = new StringBuilder(hostile.Length);
        while (!hostile.IsEmpty)
        {
            // For an invalid sequence this gives the replacement, and how much to skip.
            Rune.DecodeFromUtf8(hostile, out var rune, out var used);
            hostile = hostile[used..];
            text.Append((IsHarmless(rune) ? rune : Replacement).ToString());
        }
        return text.ToString();
    }

    private static bool IsHarmless(Rune rune) => rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
