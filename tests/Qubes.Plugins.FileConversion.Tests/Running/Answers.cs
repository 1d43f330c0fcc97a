using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>Reads complete answers strictly, byte by byte as the spec has them, with no code of the program's own.</summary>
internal static class Answers
{
    public static IReadOnlyList<PageImage> Dangerzone(byte[] answer)
    {
        int at = 0;
        int Number() => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan((at += 2) - 2));
        var pages = new List<PageImage>();
        int count = Number();
        for (int page = 0; page < count; page++)
        {
            int width = Number();
            int height = Number();
            pages.Add(new PageImage(width, height, answer.AsSpan(at, width * height * 3).ToArray()));
            at += width * height * 3;
        }

        Assert.Equal(answer.Length, at);
        return pages;
    }

    public static IReadOnlyList<PageImage> PdfConvert(byte[] answer)
    {
        int at = 0;
        string Line()
        {
            int end = Array.IndexOf(answer, (byte)'\n', at);
            string line = Encoding.ASCII.GetString(answer, at, end - at);
            at = end + 1;
            return line;
        }

        var pages = new List<PageImage>();
        int count = Int(Line());
        for (int page = 0; page < count; page++)
        {
            string[] size = Line().Split(' ');
            Assert.Equal(2, size.Length);
            (int width, int height) = (Int(size[0]), Int(size[1]));
            pages.Add(new PageImage(width, height, answer.AsSpan(at, width * height * 3).ToArray()));
            at += width * height * 3;
        }

        Assert.Equal(answer.Length, at);
        return pages;
    }

    /// <summary>The one RGBA image of <c>qubes.GetImageRGBA</c>.</summary>
    public static PageImage Image(byte[] answer)
    {
        int end = Array.IndexOf(answer, (byte)'\n');
        string[] size = Encoding.ASCII.GetString(answer, 0, end).Split(' ');
        Assert.Equal(2, size.Length);
        var image = new PageImage(Int(size[0]), Int(size[1]), answer[(end + 1)..]);
        Assert.Equal(image.Width * image.Height * 4, image.Pixels.Length);
        return image;
    }

    private static int Int(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
