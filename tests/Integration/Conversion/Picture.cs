namespace Qubes.Integration.Tests.Conversion;

/// <summary>A picture in the portable pixmap format that <c>pdftoppm</c> writes: <c>P6 WIDTH HEIGHT 255</c>, then R G B.</summary>
internal sealed record Picture(int Width, int Height, byte[] Rgb)
{
    public static Picture Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var at = 2;
        int Number()
        {
            while (char.IsWhiteSpace((char)bytes[at]))
                at++;
            var value = 0;
            while (char.IsAsciiDigit((char)bytes[at]))
                value = (value * 10) + bytes[at++] - '0';
            return value;
        }

        var (width, height, depth) = (Number(), Number(), Number());
        Assert.Equal(255, depth);
        return new Picture(width, height, bytes[(at + 1)..]);
    }

    /// <summary>Mean absolute difference, 0 to 1, over the part that both have; sizes may differ by a pixel of rounding.</summary>
    public double DifferenceFrom(Picture other)
    {
        Assert.InRange(other.Width, Width - 1, Width + 1);
        Assert.InRange(other.Height, Height - 1, Height + 1);
        var (width, height) = (Math.Min(Width, other.Width), Math.Min(Height, other.Height));
        var sum = 0L;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width * 3; x++)
                sum += Math.Abs(Rgb[(y * Width * 3) + x] - other.Rgb[(y * other.Width * 3) + x]);
        }
        return sum / (255.0 * width * height * 3);
    }
}
