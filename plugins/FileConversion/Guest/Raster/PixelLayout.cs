namespace Qubes.Convert.Guest.Raster;

/// <summary>The bytes of a pixel, in their order.</summary>
internal enum PixelLayout
{
    Rgb,
    Rgba,
    Argb,
}
