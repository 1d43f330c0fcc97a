using System.Globalization;

namespace Qubes.Plugins.MemoryManager.Settings;

/// <summary>
/// Amounts as qmemman's configuration has them (spec: qmemman, section 1, "unit trap"): <c>M</c> is a million bytes, <c>MiB</c> is 1,048,576.
/// </summary>
internal static class SizeText
{
    // size = 1*DIGIT [ [ " " ] unit ] ; unit = one of these, in any case
    private static readonly Dictionary<string, long> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1, ["B"] = 1,
        ["K"] = 1_000, ["KB"] = 1_000, ["KiB"] = 1L << 10,
        ["M"] = 1_000_000, ["MB"] = 1_000_000, ["MiB"] = 1L << 20,
        ["G"] = 1_000_000_000, ["GB"] = 1_000_000_000, ["GiB"] = 1L << 30,
    };

    /// <summary>Bytes, 0 to 2^53; false: it is no size.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        const long most = 1L << 53;
        bytes = 0;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = text[digits..];
        if (!long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !Units.TryGetValue(unit.StartsWith(' ') && unit.Length > 1 ? unit[1..] : unit, out var factor)
            || number > most / factor)
            return false;
        bytes = number * factor;
        return true;
    }
}
