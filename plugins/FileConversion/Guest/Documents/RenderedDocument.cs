using Qubes.Convert.Guest.Processes;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Documents;

/// <summary>A document whose pages a tool is rendering, in order; read them in order too.</summary>
/// <param name="pageCount">Pages it has, 1–10000.</param>
/// <param name="renderer">The tool, which writes one image a page.</param>
/// <param name="readHeader">Reads a header in the format that the tool writes.</param>
/// <param name="explain">Finds out why there was not even a first page; null where there is no more to be known.</param>
internal sealed class RenderedDocument(
    int pageCount, ToolProcess renderer, Func<Stream, RasterHeader?> readHeader, Func<ConversionException?> explain) : IDisposable
{
    private readonly RasterReader _pages = new(new ReadAheadStream(renderer.Output), readHeader);

    public int PageCount => pageCount;

    /// <summary>Waits for the next page's header.</summary>
    /// <exception cref="ConversionException">There is none, or the tool wrote something else.</exception>
    public RasterHeader NextPage(int page)
    {
        if (_pages.ReadHeader() is { } header)
            return header;
        if (page == 1 && explain() is { } reason)
            throw reason;
        throw renderer.Succeeded()
            ? new ConversionException(ConversionStatus.PageCountMismatch, $"the document ended before page {page}")
            : new ConversionException(ConversionStatus.PageTrouble, $"page {page} cannot be rendered");
    }

    /// <summary>Copies the pixels of the page whose header was read last.</summary>
    public void CopyPixels(RasterHeader header, Stream sink, PixelLayout layout) => _pages.CopyPixels(header, sink, layout);

    public void Dispose() => renderer.Dispose();
}
