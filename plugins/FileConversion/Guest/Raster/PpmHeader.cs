using System.Globalization;
using System.Text;

namespace Qubes.Convert.Guest.Raster;

/// <summary>
/// The header of a binary portable pixmap, which PDF renderers write:
/// <code>
/// header = 'P6' SPACE width SPACE height SPACE '255' SPACE        SPACE is one blank or line feed
/// pixel  = R G B
/// </code>
/// </summary>
internal static class PpmHeader
{
    private const int LongestWord = 16;

    public static RasterHeader? Read(Stream source)
    {
        int first = source.ReadByte();
        if (first < 0)
            return null;
        if (first != 'P' || ReadWord(source) != "6")
            throw Malformed();
        int width = Number(ReadWord(source));
        int height = Number(ReadWord(source));
        return ReadWord(source) == "255" ? new RasterHeader(width, height, PixelLayout.Rgb) : throw Malformed();
    }

    private static string ReadWord(Stream source)
    {
        var word = new StringBuilder();
        for (int next = source.ReadByte(); next is not (' ' or '\n'); next = source.ReadByte())
        {
            if (next < 0 || word.Length == LongestWord)
                throw Malformed();
            word.Append((char)next);
        }

        return word.ToString();
    }

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw Malformed();

    private static ConversionException Malformed() => new(ConversionStatus.PageTrouble, "the renderer wrote no pixmap");
}
