using System.Globalization;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>An amount of free memory that counts as little: a part of all memory, a size, or the smaller of both.</summary>
/// <param name="Part">0 to 1; null: the size alone counts.</param>
/// <param name="Bytes">0 or more; null: the part alone counts.</param>
internal readonly record struct Watermark(double? Part, long? Bytes)
{
    private const int MostDigits = 6;

    /// <summary>Bytes on a host with that many.</summary>
    public long Of(long total) => (long)Math.Min(Part is { } part ? part * total : double.MaxValue, Bytes ?? long.MaxValue);

    // watermark = percent "%" / size          percent = 0 to 100, with or without a fraction; size as in SizeText
    /// <summary>False: it is none.</summary>
    public static bool TryParse(string text, out Watermark mark)
    {
        mark = default;
        if (text is [.. var digits, '%'])
        {
            if (digits.Length > MostDigits || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                || !(percent <= 100))
                return false;
            mark = new(percent / 100, null);
            return true;
        }
        if (!SizeText.TryParse(text, out var bytes))
            return false;
        mark = new(null, bytes);
        return true;
    }
}
