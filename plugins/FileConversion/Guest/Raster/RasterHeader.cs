namespace Qubes.Convert.Guest.Raster;

/// <summary>What precedes the pixels of one page, in pixels.</summary>
internal readonly record struct RasterHeader(int Width, int Height, PixelLayout Layout);
