using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

[Collection(RealMachines.Name)]
public sealed class ConversionTests(DisposableHost host) : IDisposable
{
    private const int Dpi = 150;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("qx-conversion");

    private Daemon Daemon => host.Daemon;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_pdf_comes_back_with_the_same_pages_and_the_same_looks()
    {
        var original = Copy("report.pdf");

        (await ConvertAsync(original)).Succeeded();

        var safe = Path.ChangeExtension(original, ".trusted.pdf");
        var (expected, actual) = (await PdfDocument.ReadAsync(original), await PdfDocument.ReadAsync(safe));
        Assert.Equal(expected.Pages.Count, actual.Pages.Count);
        Assert.All(expected.Pages.Zip(actual.Pages), pages =>
        {
            Assert.InRange(pages.Second.Width, pages.First.Width * 0.99, pages.First.Width * 1.01);
            Assert.InRange(pages.Second.Height, pages.First.Height * 0.99, pages.First.Height * 1.01);
        });
        var rendered = await PdfDocument.RenderAsync(original, Dpi, folder);
        var rerendered = await PdfDocument.RenderAsync(safe, Dpi, folder);
        Assert.All(rendered.Zip(rerendered), pictures => Assert.InRange(pictures.First.DifferenceFrom(pictures.Second), 0, 0.03));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task Nothing_of_the_original_but_its_pixels_is_in_the_result()
    {
        var original = Copy("report.pdf");

        (await ConvertAsync(original)).Succeeded();

        var safe = Path.ChangeExtension(original, ".trusted.pdf");
        Assert.Equal("", (await LocalProgram.RunAsync("pdftotext", safe, "-")).Succeeded().Text.Trim());
        Assert.Equal("", (await LocalProgram.RunAsync("pdffonts", safe)).Succeeded().Text.Split('\n').Skip(2).FirstOrDefault() ?? "");
    }

    [Fact]
    public async Task The_original_is_untouched()
    {
        var original = Copy("report.pdf");
        var before = await File.ReadAllBytesAsync(original);

        (await ConvertAsync(original)).Succeeded();

        Assert.Equal(before, await File.ReadAllBytesAsync(original));
    }

    [Theory]
    [InlineData("png", "PNG24")]
    [InlineData("jpg", "JPEG")]
    [InlineData("gif", "GIF")]
    [InlineData("bmp", "BMP")]
    [InlineData("tiff", "TIFF")]
    public async Task A_picture_becomes_a_page(string extension, string format)
    {
        var original = Path.Combine(folder.FullName, "picture." + extension);
        (await LocalProgram.RunAsync("gm", "convert", Path.Combine(Repository.Samples, "picture.png"), $"{format}:{original}")).Succeeded();

        (await ConvertAsync(original)).Succeeded();

        Assert.Single((await PdfDocument.ReadAsync(Path.Combine(folder.FullName, "picture.trusted.pdf"))).Pages);
    }

    [Fact]
    public async Task A_drawing_becomes_a_page()
    {
        var original = Path.Combine(folder.FullName, "drawing.svg");
        await File.WriteAllTextAsync(original,
            "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'><rect width='100' height='100' fill='red'/></svg>");

        (await ConvertAsync(original)).Succeeded();

        Assert.Single((await PdfDocument.ReadAsync(Path.Combine(folder.FullName, "drawing.trusted.pdf"))).Pages);
    }

    [Fact]
    public async Task Several_files_are_converted_each_in_its_own_disposable()
    {
        var first = Copy("report.pdf");
        var second = Copy("picture.png");
        var results = folder.CreateSubdirectory("results");

        (await Daemon.RunAsync("qvm-convert", "--jobs", "2", "--dispvm", DisposableHost.DisposableTemplate, "-o", results.FullName, first, second))
            .Succeeded();

        Assert.Contains("a batch of 2 disposables was announced", Daemon.Log());
        Assert.Equal(["picture.trusted.pdf", "report.trusted.pdf"], results.EnumerateFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    [Fact]
    public async Task Another_resolution_gives_the_same_page_sizes()
    {
        var original = Copy("report.pdf");

        (await ConvertAsync(original, "--dpi", "100")).Succeeded();

        var (expected, actual) = (await PdfDocument.ReadAsync(original), await PdfDocument.ReadAsync(Path.ChangeExtension(original, ".trusted.pdf")));
        Assert.InRange(actual.Pages[0].Width, expected.Pages[0].Width * 0.99, expected.Pages[0].Width * 1.01);
    }

    private string Copy(string sample)
    {
        var copy = Path.Combine(folder.FullName, sample);
        File.Copy(Path.Combine(Repository.Samples, sample), copy);
        return copy;
    }

    private Task<RunResult> ConvertAsync(string file, params string[] options) =>
        Daemon.RunAsync("qvm-convert", [.. options, "--dispvm", DisposableHost.DisposableTemplate, file]);
}
