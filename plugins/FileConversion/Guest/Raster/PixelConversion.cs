namespace Qubes.Convert.Guest.Raster;

/// <summary>Changes pixels from one layout to another: opaque gains full alpha, transparent is laid on white.</summary>
internal static class PixelConversion
{
    private const int Opaque = 255;

    /// <summary>Converts whole pixels; where the layouts are equal the spans may be the same memory.</summary>
    public static void Convert(ReadOnlySpan<byte> from, PixelLayout fromLayout, Span<byte> to, PixelLayout toLayout)
    {
        switch (fromLayout, toLayout)
        {
            case (PixelLayout.Rgba, PixelLayout.Rgb):
                LayOnWhite(from, to);
                break;
            case (PixelLayout.Rgb, PixelLayout.Rgba):
                AddAlpha(from, to);
                break;
            default:
                from.CopyTo(to);
                break;
        }
    }

    private static void LayOnWhite(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int source = 0, target = 0; target + 2 < to.Length; source += 4, target += 3)
        {
            int alpha = from[source + 3];
            to[target] = Blend(from[source], alpha);
            to[target + 1] = Blend(from[source + 1], alpha);
            to[target + 2] = Blend(from[source + 2], alpha);
        }
    }

    private static byte Blend(int colour, int alpha) =>
        alpha == Opaque ? (byte)colour : (byte)(((colour * alpha) + (Opaque * (Opaque - alpha)) + (Opaque / 2)) / Opaque);

    private static void AddAlpha(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int source = 0, target = 0; target + 3 < to.Length; source += 3, target += 4)
        {
            from.Slice(source, 3).CopyTo(to[target..]);
            to[target + 3] = Opaque;
        }
    }
}
