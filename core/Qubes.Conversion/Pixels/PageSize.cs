namespace Qubes.Conversion.Pixels;

/// <summary>A page's size in pixels, each side 1–10000.</summary>
public readonly record struct PageSize(int Width, int Height)
{
    public long Pixels => (long)Width * Height;

    public long Bytes => Pixels * WireLimits.BytesPerPixel;
}
