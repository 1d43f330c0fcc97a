namespace Qubes.Convert.Guest.Raster;

/// <summary>Changes pixels from one layout to another: grey is spread, opaque gains full alpha, transparent is laid on white.</summary>
internal static class PixelConversion
{
    private const byte Opaque = 255;

    /// <summary>Converts whole pixels; where the layouts are equal the spans may be the same memory.</summary>
    /// <param name="toLayout">Either of the two with colour.</param>
    public static void Convert(ReadOnlySpan<byte> from, PixelLayout fromLayout, Span<byte> to, PixelLayout toLayout)
    {
        if (fromLayout == toLayout)
        {
            from.CopyTo(to);
            return;
        }

        bool grey = fromLayout is PixelLayout.Gray or PixelLayout.GrayAlpha;
        bool alpha = fromLayout is PixelLayout.GrayAlpha or PixelLayout.Rgba;
        (int fromSize, int toSize) = ((int)fromLayout, (int)toLayout);
        for (int target = 0; target < to.Length; target += toSize, from = from[fromSize..])
        {
            byte opacity = alpha ? from[fromSize - 1] : Opaque;
            (byte red, byte green, byte blue) = grey ? (from[0], from[0], from[0]) : (from[0], from[1], from[2]);
            Write(to.Slice(target, toSize), red, green, blue, opacity);
        }
    }

    private static void Write(Span<byte> pixel, byte red, byte green, byte blue, byte opacity)
    {
        if (pixel.Length == (int)PixelLayout.Rgba)
        {
            (pixel[0], pixel[1], pixel[2], pixel[3]) = (red, green, blue, opacity);
            return;
        }

        pixel[0] = OnWhite(red, opacity);
        pixel[1] = OnWhite(green, opacity);
        pixel[2] = OnWhite(blue, opacity);
    }

    private static byte OnWhite(byte colour, byte opacity) => opacity == Opaque
        ? colour
        : (byte)(((colour * opacity) + (byte.MaxValue * (Opaque - opacity)) + (byte.MaxValue / 2)) / byte.MaxValue);
}
