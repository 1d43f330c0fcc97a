using System.Globalization;
using System.Text;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Wire;

// number = [ "-" ] ( "0" | nonzero 0*18digit )                          (spec: Admin API, section 7.3)
internal static class WireNumber
{
    private const int MaxDigits = 19;

    /// <summary>A count of bytes; white space around it does not matter.</summary>
    /// <exception cref="ProtocolException">Not a number, or more than fits.</exception>
    public static long Size(ReadOnlySpan<byte> payload) => TryParse(payload[Ascii.Trim(payload)], allowsNegative: false, out long size)
        ? size
        : throw new ProtocolException($"expected a number of bytes from 0 to {long.MaxValue}, in decimal");

    /// <summary>How many revisions to keep; the caller checks the range.</summary>
    /// <exception cref="ProtocolException">Not a number, or more than fits.</exception>
    public static int Revisions(ReadOnlySpan<byte> payload) =>
        TryParse(payload, allowsNegative: true, out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw new ProtocolException("expected a number of revisions, -1 or more, in decimal");

    private static bool TryParse(ReadOnlySpan<byte> text, bool allowsNegative, out long number)
    {
        ReadOnlySpan<byte> digits = allowsNegative && text.StartsWith("-"u8) ? text[1..] : text;
        number = 0;
        return digits.Length is > 0 and <= MaxDigits
            && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && (digits[0] != '0' || text.SequenceEqual("0"u8))
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
