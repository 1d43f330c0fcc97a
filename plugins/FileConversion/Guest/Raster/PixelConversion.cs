namespace Qubes.Convert.Guest.Raster;

/// <summary>Changes pixels from what tools write to what services send; what is transparent is laid on white.</summary>
internal static class PixelConversion
{
    private const int Opaque = 255;

    /// <summary>Bytes of a pixel.</summary>
    public static int Size(PixelLayout layout) => layout == PixelLayout.Rgb ? 3 : 4;

    /// <summary>Converts whole pixels; where the layouts are equal the spans may be the same memory.</summary>
    public static void Convert(ReadOnlySpan<byte> from, PixelLayout fromLayout, Span<byte> to, PixelLayout toLayout)
    {
        switch (fromLayout, toLayout)
        {
            case (PixelLayout.Argb, PixelLayout.Rgb):
                LayOnWhite(from, to);
                break;
            case (PixelLayout.Argb, PixelLayout.Rgba):
                MoveAlpha(from, to);
                break;
            default:
                if (fromLayout != toLayout)
                    throw new NotSupportedException($"{fromLayout} to {toLayout}");
                from.CopyTo(to);
                break;
        }
    }

    private static void LayOnWhite(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int source = 0, target = 0; target + 2 < to.Length; source += 4, target += 3)
        {
            int alpha = from[source];
            to[target] = OnWhite(from[source + 1], alpha);
            to[target + 1] = OnWhite(from[source + 2], alpha);
            to[target + 2] = OnWhite(from[source + 3], alpha);
        }
    }

    private static void MoveAlpha(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int pixel = 0; pixel + 3 < to.Length; pixel += 4)
        {
            to[pixel] = from[pixel + 1];
            to[pixel + 1] = from[pixel + 2];
            to[pixel + 2] = from[pixel + 3];
            to[pixel + 3] = from[pixel];
        }
    }

    private static byte OnWhite(int colour, int alpha) => alpha == Opaque
        ? (byte)colour
        : (byte)(((colour * alpha) + (Opaque * (Opaque - alpha)) + (Opaque / 2)) / Opaque);
}
