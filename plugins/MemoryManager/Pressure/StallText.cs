using System.Globalization;
using System.Text.RegularExpressions;

namespace Qubes.Plugins.MemoryManager.Pressure;

// file = "some " figures LF "full " figures [ LF ]
// figures = "avg10=" percent " avg60=" percent " avg300=" percent " total=" 1*20DIGIT
// percent = 1*3DIGIT "." 2DIGIT
/// <summary>Reads what the kernel says in <c>/proc/pressure/memory</c>.</summary>
internal static partial class StallText
{
    /// <summary>No file of the kernel's is longer.</summary>
    public const int MostBytes = 256;

    /// <summary>
    /// Percents of the last ten seconds in which all that wanted to run waited for memory; null: the text is not the kernel's.
    /// </summary>
    public static double? FullOfTenSeconds(string text) =>
        Grammar().Match(text) is { Success: true } match
        && double.Parse(match.Groups["full"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) is <= 100 and var percent
            ? percent
            : null;

    [GeneratedRegex(
        @"\Asome avg10=\d{1,3}\.\d\d avg60=\d{1,3}\.\d\d avg300=\d{1,3}\.\d\d total=\d{1,20}\n"
        + @"full avg10=(?<full>\d{1,3}\.\d\d) avg60=\d{1,3}\.\d\d avg300=\d{1,3}\.\d\d total=\d{1,20}\n?\z",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Grammar();
}
