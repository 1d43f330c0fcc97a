using System.Globalization;
using System.Text;

namespace Qubes.GuestTools.Unpacking;

/// <summary>
/// Which characters a file name from another qube may have: those that show as themselves. Refused are control and format
/// characters (reversed text), separators other than a space, what no font shows, and marks that draw over other characters.
/// </summary>
internal static class SafeCodePoints
{
    /// <summary>Whether these bytes are UTF-8, and of safe characters only.</summary>
    public static bool AreIn(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) != System.Buffers.OperationStatus.Done || !IsSafe(rune))
                return false;
            text = text[length..];
        }

        return true;
    }

    public static bool IsSafe(Rune rune) => rune.IsAscii
        ? rune.Value is >= 0x20 and < 0x7F
        : !IsInvisible(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.EnclosingMark);

    // Letters, marks and symbols by their category, which show as nothing at all.
    private static bool IsInvisible(int value) => value is
        0x034F                              // combining grapheme joiner
        or 0x115F or 0x1160                 // Hangul fillers
        or 0x17B4 or 0x17B5                 // Khmer inherent vowels
        or (>= 0x180B and <= 0x180F)        // Mongolian selectors
        or 0x2800                           // blank Braille pattern
        or 0x3164 or 0xFFA0                 // Hangul fillers
        or (>= 0xFE00 and <= 0xFE0F)        // variation selectors
        or 0xFFFC                           // object replacement
        or (>= 0xE0000 and <= 0xE0FFF);     // tags, more selectors
}
