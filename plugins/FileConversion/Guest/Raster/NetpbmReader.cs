using System.Globalization;
using System.Text;

namespace Qubes.Convert.Guest.Raster;

/// <summary>
/// Reads a sequence of binary Netpbm images, as the renderers write them, one behind the other:
/// <code>
/// image  = ( ppm | pam ) raster
/// ppm    = 'P6' SPACE width SPACE height SPACE '255' SPACE        one white space character each
/// pam    = 'P7' LF { line LF } 'ENDHDR' LF
/// line   = 'WIDTH ' n | 'HEIGHT ' n | 'DEPTH ' ( 3 | 4 ) | 'MAXVAL 255' | 'TUPLTYPE ' text
/// raster = width * height * 3 (ppm) or DEPTH (pam) bytes, rows top to bottom
/// </code>
/// A renderer that worked on a hostile document is not trusted to keep to it.
/// </summary>
internal sealed class NetpbmReader(Stream source)
{
    private const int LongestWord = 64;
    private const int LargestHeader = 32;
    private const string FullScale = "255";

    /// <summary>Reads the next image's header; null at the end of the sequence.</summary>
    /// <exception cref="ConversionException">Not what the grammar says.</exception>
    public RasterHeader? ReadHeader()
    {
        int first = source.ReadByte();
        if (first < 0)
            return null;
        if (first != 'P')
            throw Malformed();
        return source.ReadByte() switch
        {
            '6' => ReadPpm(),
            '7' => ReadPam(),
            _ => throw Malformed(),
        };
    }

    /// <summary>Copies the pixels announced by <paramref name="header"/> in the layout asked for.</summary>
    /// <exception cref="ConversionException">They end early.</exception>
    public void CopyPixels(RasterHeader header, Stream sink, PixelLayout layout)
    {
        const int pixelsAtOnce = 64 * 1024;
        byte[] block = new byte[pixelsAtOnce * (int)header.Layout];
        byte[] converted = header.Layout == layout ? block : new byte[pixelsAtOnce * (int)layout];
        long left = (long)header.Width * header.Height;
        while (left > 0)
        {
            int pixels = (int)Math.Min(left, pixelsAtOnce);
            Span<byte> raw = block.AsSpan(0, pixels * (int)header.Layout);
            if (source.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) < raw.Length)
                throw new ConversionException(ConversionStatus.PageTrouble, "the renderer stopped within a page");
            Span<byte> result = converted.AsSpan(0, pixels * (int)layout);
            PixelConversion.Convert(raw, header.Layout, result, layout);
            sink.Write(result);
            left -= pixels;
        }
    }

    private RasterHeader ReadPpm()
    {
        if (ReadWord() != "")
            throw Malformed();
        int width = Number(ReadWord());
        int height = Number(ReadWord());
        return ReadWord() == FullScale ? new RasterHeader(width, height, PixelLayout.Rgb) : throw Malformed();
    }

    private RasterHeader ReadPam()
    {
        if (ReadWord() != "")
            throw Malformed();
        var header = default(RasterHeader);
        for (int lines = 0; lines < LargestHeader; lines++)
        {
            switch (ReadWord())
            {
                case "WIDTH":
                    header = header with { Width = Number(ReadWord()) };
                    break;
                case "HEIGHT":
                    header = header with { Height = Number(ReadWord()) };
                    break;
                case "DEPTH":
                    header = header with { Layout = (PixelLayout)Number(ReadWord()) };
                    break;
                case "MAXVAL" when ReadWord() == FullScale:
                case "TUPLTYPE" when ReadWord() != "":
                    break;
                case "ENDHDR" when header is { Width: > 0, Height: > 0, Layout: PixelLayout.Rgb or PixelLayout.Rgba }:
                    return header;
                default:
                    throw Malformed();
            }
        }

        throw Malformed();
    }

    private string ReadWord()
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

    private static ConversionException Malformed() => new(ConversionStatus.PageTrouble, "the renderer wrote no image");
}
