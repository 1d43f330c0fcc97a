using System.IO.Pipelines;

namespace Qubes.Conversion.Pixels;

/// <summary>
/// Reads a converter's answer, of which every byte is hostile until it is one of the pixels asked for:
/// <code>
/// answer = count { size  width*height*3 bytes R G B }*count  END
/// </code>
/// with <c>count</c> and <c>size</c> as the dialect writes them. Nothing is allocated by what the guest claims.
/// </summary>
public sealed class PixelStreamReader(PipeReader source, IPageDialect dialect)
{
    private readonly AnswerReader reader = new(source);
    private long pixels;

    /// <summary>Reads the number of pages, 1–10000.</summary>
    /// <exception cref="GuestViolationException">Another number, or none.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended.</exception>
    public async Task<int> ReadPageCountAsync(CancellationToken cancellation)
    {
        int pages = await reader.ReadAsync<int>(dialect.TryReadPageCount, "before its page count", cancellation);
        if (pages is < 1 or > WireLimits.Pages)
            throw new GuestViolationException($"the qube announced {pages} pages; 1 to {WireLimits.Pages} are accepted");
        return pages;
    }

    /// <summary>Reads the size of the page that follows.</summary>
    /// <exception cref="GuestViolationException">A side is not 1–10000, or the document has too many pixels by now.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended.</exception>
    public async Task<PageSize> ReadPageSizeAsync(CancellationToken cancellation)
    {
        PageSize size = await reader.ReadAsync<PageSize>(dialect.TryReadPageSize, "before a page's size", cancellation);
        if (size is not { Width: >= 1 and <= WireLimits.Side, Height: >= 1 and <= WireLimits.Side })
            throw new GuestViolationException(
                $"the qube announced a page of {size.Width} x {size.Height} pixels; 1 to {WireLimits.Side} are accepted");
        this.pixels += size.Pixels;
        if (this.pixels > WireLimits.TotalPixels)
            throw new GuestViolationException($"the qube sent over {WireLimits.TotalPixels} pixels, which is the most accepted");
        return size;
    }

    /// <summary>Copies exactly the page's pixels.</summary>
    /// <exception cref="AnswerCutShortException">The answer ended within them.</exception>
    public Task CopyPixelsAsync(PageSize size, Stream sink, CancellationToken cancellation) =>
        reader.CopyAsync(size.Bytes, sink, "within a page", cancellation);

    /// <summary>Waits for the end of the answer, which has 15 s to come.</summary>
    /// <exception cref="GuestViolationException">Something follows the last page, or nothing does, not even the end.</exception>
    public Task ExpectEndAsync(TimeProvider clock, CancellationToken cancellation) =>
        reader.ExpectEndAsync("the pages it announced", clock, cancellation);
}
