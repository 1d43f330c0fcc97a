namespace Qubes.Convert.Guest.Raster;

/// <summary>
/// Reads a sequence of images as a renderer writes them, one behind the other: a header, then its pixels, rows from top to
/// bottom. A renderer that worked on a hostile document is not trusted to keep to it.
/// </summary>
/// <param name="readHeader">Reads a header in the renderer's format; null at the end of the sequence.</param>
internal sealed class RasterReader(Stream source, Func<Stream, RasterHeader?> readHeader)
{
    /// <summary>Reads the next image's header; null at the end of the sequence.</summary>
    /// <exception cref="ConversionException">Not what the format says.</exception>
    public RasterHeader? ReadHeader() => readHeader(source);

    /// <summary>Copies the pixels announced by <paramref name="header"/> in the layout asked for.</summary>
    /// <exception cref="ConversionException">They end early.</exception>
    public void CopyPixels(RasterHeader header, Stream sink, PixelLayout layout)
    {
        const int pixelsAtOnce = 64 * 1024;
        byte[] block = new byte[pixelsAtOnce * PixelConversion.Size(header.Layout)];
        byte[] converted = header.Layout == layout ? block : new byte[pixelsAtOnce * PixelConversion.Size(layout)];
        long left = (long)header.Width * header.Height;
        while (left > 0)
        {
            int pixels = (int)Math.Min(left, pixelsAtOnce);
            Span<byte> raw = block.AsSpan(0, pixels * PixelConversion.Size(header.Layout));
            if (source.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false) < raw.Length)
                throw new ConversionException(ConversionStatus.PageTrouble, "the renderer stopped within a page");
            Span<byte> result = converted.AsSpan(0, pixels * PixelConversion.Size(layout));
            PixelConversion.Convert(raw, header.Layout, result, layout);
            sink.Write(result);
            left -= pixels;
        }
    }
}
