using System.Globalization;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary>
/// A number of bytes on the command line:
/// <code>SIZE = 1*DIGIT [ ("K" | "M" | "G" | "T") ["i"] ["B"] | "B" ]        ; K is 1000, Ki is 1024; case does not matter</code>
/// </summary>
internal static class ByteSize
{
    private const string Prefixes = "KMGT";

    /// <exception cref="UsageException">It is no size, or no 64-bit number can hold it.</exception>
    public static long Parse(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : text.Length;
        return long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Unit(text[digits..].ToUpperInvariant()) is { } unit && number <= long.MaxValue / unit
                ? number * unit
                : throw new UsageException($"invalid size '{text}': bytes, or a number with K, M, G, T (powers of 1000) "
                    + "or Ki, Mi, Gi, Ti (powers of 1024) are accepted");
    }

    private static long? Unit(string suffix)
    {
        if (suffix is "" or "B")
            return 1;
        var (step, rest) = (suffix.Length > 1 && suffix[1] == 'I') ? (1024L, suffix[2..]) : (1000L, suffix[1..]);
        var power = Prefixes.IndexOf(suffix[0], StringComparison.Ordinal);
        if (power < 0 || rest is not ("" or "B"))
            return null;
        var unit = step;
        while (power-- > 0)
            unit *= step;
        return unit;
    }
}
