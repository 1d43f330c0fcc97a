using System.Buffers.Binary;

namespace Qubes.Convert.Guest.Raster;

/// <summary>
/// The header of an AVS image, which the image decoder writes because it is the one format of its that has the same
/// pixels for every image, be it bilevel, grey or palette:
/// <code>
/// header = width:u32 height:u32        big-endian
/// pixel  = A R G B
/// </code>
/// </summary>
internal static class AvsHeader
{
    public static RasterHeader? Read(Stream source)
    {
        Span<byte> header = stackalloc byte[2 * sizeof(uint)];
        int got = source.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (got == 0)
            return null;
        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        int height = BinaryPrimitives.ReadInt32BigEndian(header[sizeof(uint)..]);
        if (got < header.Length || width <= 0 || height <= 0)
            throw new ConversionException(ConversionStatus.PageTrouble, "the decoder wrote no image");
        return new RasterHeader(width, height, PixelLayout.Argb);
    }
}
