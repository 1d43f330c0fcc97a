using System.Buffers.Binary;
using System.IO.Compression;
using Qubes.Conversion.Images;
using Qubes.Conversion.Pixels;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// Writes a PNG of 8-bit RGBA, front to back, without ever holding more than a block of it:
/// <code>
/// file  = signature  chunk(IHDR)  1*chunk(IDAT)  chunk(IEND)
/// IDAT  = zlib( *row )          row = filter 0, R G B A of each pixel
/// </code>
/// </summary>
internal static class PngWriter
{
    private const byte BitsPerChannel = 8;
    private const byte ColourWithAlpha = 6;

    /// <param name="writePixels">Writes exactly the image's bytes, rows from top to bottom, R G B A each.</param>
    public static async Task WriteAsync(PageSize size, Func<Stream, Task> writePixels, Stream file, CancellationToken cancellation)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, size.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), size.Height);
        (header[8], header[9]) = (BitsPerChannel, ColourWithAlpha);

        await file.WriteAsync(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A }, cancellation);
        await PngChunk.WriteAsync(file, "IHDR", header, cancellation);
        await using (var chunks = new PngChunkStream(file))
        await using (var compressed = new ZLibStream(chunks, CompressionLevel.Fastest))
            await writePixels(new PngRowStream(compressed, size.Width * ImageStreamReader.BytesPerPixel));
        await PngChunk.WriteAsync(file, "IEND", default, cancellation);
    }
}
