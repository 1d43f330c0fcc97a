using System.Security.Cryptography;
using System.Text;
using Qubes.Conversion;
using Qubes.Conversion.Pdf;
using Qubes.Conversion.Pixels;
using Qubes.Plugins.FileConversion.Tests.Running;
using Qubes.Tools.Convert;

namespace Qubes.Tools.Tests.Convert;

public sealed class PdfWriterTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("qubes-tools-").FullName;

    private string Result => Path.Combine(directory, "result.pdf");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData(75)]
    [InlineData(150)]
    [InlineData(300)]
    public async Task Pages_have_their_size_in_points_and_exactly_the_pixels_that_went_in(int dpi)
    {
        byte[] first = Pixels(30, 20);
        byte[] second = Pixels(7, 41);
        await WriteAsync(dpi, (new PageSize(30, 20), first), (new PageSize(7, 41), second));

        string info = Encoding.UTF8.GetString(await Tool.RunAsync("pdfinfo", "-f", "1", "-l", "2", Result));
        byte[] images = await Tool.RunAsync("pdftoppm", "-r", $"{dpi}", Result);

        Assert.Matches("Pages: +2\n", info);
        string[] size = System.Text.RegularExpressions.Regex.Match(info, "Page +1 size: +(.*) x (.*) pts").Groups.Values.Select(part => part.Value).ToArray();
        Assert.Equal(30 * 72.0 / dpi, double.Parse(size[1]), 0.001);
        Assert.Equal(20 * 72.0 / dpi, double.Parse(size[2]), 0.001);
        Assert.Equal([.. "P6\n30 20\n255\n"u8, .. first, .. "P6\n7 41\n255\n"u8, .. second], images);
    }

    [Fact]
    public async Task Others_find_nothing_wrong_with_it()
    {
        await WriteAsync(150, (new PageSize(100, 50), Pixels(100, 50)), (new PageSize(1, 1), Pixels(1, 1)));

        string report = Encoding.UTF8.GetString(await Tool.RunAsync("qpdf", "--check", Result));

        Assert.Contains("No syntax or stream encoding errors found", report);
    }

    [Fact]
    public async Task A_document_of_many_pages_is_whole_too()
    {
        var pages = Enumerable.Range(0, 500).Select(_ => (new PageSize(2, 2), Pixels(2, 2))).ToArray();
        await WriteAsync(150, pages);

        Assert.Matches("Pages: +500\n", Encoding.UTF8.GetString(await Tool.RunAsync("pdfinfo", Result)));
        await Tool.RunAsync("qpdf", "--check", Result);
    }

    [Fact]
    public async Task A_full_disk_is_an_error_and_not_a_short_file()
    {
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);

        await Assert.ThrowsAsync<IOException>(() => new PdfWriter(full, 150).AddPageAsync(
            new PageSize(1, 1), sink => sink.WriteAsync(new byte[3]).AsTask(), CancellationToken.None));
    }

    [Fact]
    public async Task A_result_over_the_limit_is_refused()
    {
        var counted = new CountingStream(Stream.Null, limit: 10);
        await counted.WriteAsync(new byte[10]);

        await Assert.ThrowsAsync<ConversionException>(() => counted.WriteAsync(new byte[1]).AsTask());
    }

    private static byte[] Pixels(int width, int height) => RandomNumberGenerator.GetBytes(width * height * 3);

    private async Task WriteAsync(int dpi, params (PageSize Size, byte[] Pixels)[] pages)
    {
        await using FileStream file = File.Create(Result);
        var pdf = new PdfWriter(file, dpi);
        foreach ((PageSize size, byte[] pixels) in pages)
            await pdf.AddPageAsync(size, sink => sink.WriteAsync(pixels).AsTask(), CancellationToken.None);
        await pdf.FinishAsync(CancellationToken.None);
        Assert.Equal(file.Position, pdf.Length);
    }
}
