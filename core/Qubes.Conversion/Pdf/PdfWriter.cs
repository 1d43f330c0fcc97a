using System.Globalization;
using System.IO.Compression;
using System.Text;
using Qubes.Conversion.Pixels;

namespace Qubes.Conversion.Pdf;

/// <summary>
/// Writes a PDF whose pages are one picture each, front to back, without ever holding more than a block of a page. What it
/// writes (PDF 1.4, cross-reference table):
/// <code>
/// file  = '%PDF-1.4' { page-object contents picture length }*pages  page-tree catalog  xref trailer
/// </code>
/// Pictures are 8-bit RGB, compressed with Flate; no codec of the host ever sees them.
/// </summary>
/// <param name="file">Where it goes; only appended to. It stays open.</param>
/// <param name="dpi">Pixels per inch, which make a page's size in points.</param>
public sealed class PdfWriter(Stream file, int dpi)
{
    /// <summary>Bytes a result may have: 4 GiB, so that a guest that sends noise does not fill the disk.</summary>
    public const long LargestFile = 4L << 30;

    private const int PointsPerInch = 72;
    /// <summary>
    /// Points between a picture and its page's edge. Poppler gives a picture that ends exactly on a pixel's edge one pixel more
    /// and blurs all of it; this far from it (a hundredth of a pixel at most) pixels come out as they went in.
    /// </summary>
    private const double Margin = 0.001;

    private const int Catalog = 1;
    private const int PageTree = 2;

    // Numbered from 1; the first two are written last.
    private readonly List<long> offsets = [0, 0];
    private readonly List<int> pages = [];
    private long position;

    /// <summary>Bytes written.</summary>
    public long Length => position;

    /// <summary>Adds a page.</summary>
    /// <param name="writePixels">Writes exactly the page's bytes, rows from top to bottom, R G B each.</param>
    public async Task AddPageAsync(PageSize size, Func<Stream, Task> writePixels, CancellationToken cancellation)
    {
        if (pages.Count == 0)
            await WriteAsync("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n", cancellation);
        int page = offsets.Count + 1;
        pages.Add(page);
        (int contents, int picture, int length) = (page + 1, page + 2, page + 3);
        string width = Points(size.Width);
        string height = Points(size.Height);

        await BeginObjectAsync(page, cancellation);
        await WriteAsync(
            $"<< /Type /Page /Parent {PageTree} 0 R /MediaBox [0 0 {width} {height}] /Contents {contents} 0 R"
            + $" /Resources << /XObject << /I {picture} 0 R >> >> >>\nendobj\n", cancellation);

        string draw = $"q {Inset(size.Width)} 0 0 {Inset(size.Height)} {Decimal(Margin)} {Decimal(Margin)} cm /I Do Q";
        await BeginObjectAsync(contents, cancellation);
        await WriteAsync($"<< /Length {draw.Length} >>\nstream\n{draw}\nendstream\nendobj\n", cancellation);

        await BeginObjectAsync(picture, cancellation);
        await WriteAsync(
            $"<< /Type /XObject /Subtype /Image /Width {size.Width} /Height {size.Height} /ColorSpace /DeviceRGB"
            + $" /BitsPerComponent 8 /Filter /FlateDecode /Length {length} 0 R >>\nstream\n", cancellation);
        long compressed = await CompressAsync(writePixels);
        await WriteAsync("\nendstream\nendobj\n", cancellation);

        await BeginObjectAsync(length, cancellation);
        await WriteAsync($"{compressed}\nendobj\n", cancellation);
    }

    /// <summary>Ends the document; at least one page has been added.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        offsets[PageTree - 1] = position;
        await WriteAsync($"{PageTree} 0 obj\n<< /Type /Pages /Count {pages.Count} /Kids [\n", cancellation);
        foreach (int page in pages)
            await WriteAsync($"{page} 0 R\n", cancellation);
        await WriteAsync("] >>\nendobj\n", cancellation);
        offsets[Catalog - 1] = position;
        await WriteAsync($"{Catalog} 0 obj\n<< /Type /Catalog /Pages {PageTree} 0 R >>\nendobj\n", cancellation);

        long table = position;
        int count = offsets.Count + 1;
        await WriteAsync($"xref\n0 {count}\n0000000000 65535 f \n", cancellation);
        foreach (long offset in offsets)
            await WriteAsync($"{offset:D10} 00000 n \n", cancellation);
        await WriteAsync($"trailer\n<< /Size {count} /Root {Catalog} 0 R >>\nstartxref\n{table}\n%%EOF\n", cancellation);
    }

    // A ten-thousandth of a point less, or a viewer's rounding up could need a pixel more.
    private string Points(int pixels) => Decimal((Math.Ceiling((double)pixels * PointsPerInch / dpi * 10_000) - 1) / 10_000);

    private string Inset(int pixels) => Decimal(((double)pixels * PointsPerInch / dpi) - (2 * Margin));

    private static string Decimal(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private async Task BeginObjectAsync(int number, CancellationToken cancellation)
    {
        offsets.Add(position);
        await WriteAsync($"{number} 0 obj\n", cancellation);
    }

    private async Task<long> CompressAsync(Func<Stream, Task> writePixels)
    {
        var counted = new CountingStream(file, LargestFile - position);
        await using (var flate = new ZLibStream(counted, CompressionLevel.Fastest, leaveOpen: true))
            await writePixels(flate);
        position += counted.Written;
        return counted.Written;
    }

    private async Task WriteAsync(string text, CancellationToken cancellation)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        await file.WriteAsync(bytes, cancellation);
        position += bytes.Length;
    }
}
