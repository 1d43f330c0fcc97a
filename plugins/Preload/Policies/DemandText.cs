using System.Globalization;

namespace Qubes.Plugins.Preload.Policies;

// peaks = peak 23( "," peak )          one for each hour of the day, from 0
// peak  = 1*3DIGIT [ "." 1*2DIGIT ]    0 to 256, no more than two places
/// <summary>The text in which each hour's usual busiest minute is kept.</summary>
internal static class DemandText
{
    private const int Hours = 24;
    private const int MostDigits = 6;

    public static string Write(IEnumerable<double> peaks) =>
        string.Join(',', peaks.Select(p => Rounded(p).ToString("0.##", CultureInfo.InvariantCulture)));

    /// <summary>All zero for a text that is none of ours: what is forgotten is learnt again.</summary>
    public static double[] Read(string? text)
    {
        var peaks = new double[Hours];
        var words = text?.Split(',') ?? [];
        if (words.Length != Hours)
            return peaks;
        for (var i = 0; i < Hours; i++)
        {
            if (words[i].Length > MostDigits || !double.TryParse(words[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var peak)
                || !(peak <= DemandRecord.MostRecent))
                return new double[Hours];
            peaks[i] = Rounded(peak);
        }
        return peaks;
    }

    public static double Rounded(double peak) => Math.Round(peak, 2);
}
