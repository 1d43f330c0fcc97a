namespace Qubes.Convert.Guest.Raster;

/// <summary>Bytes of a pixel; the value is their number.</summary>
internal enum PixelLayout
{
    Rgb = 3,
    Rgba = 4,
}
