using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class DangerzoneConvertTests
{
    private const string Service = "dz.Convert+";

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_pdf_becomes_a_count_and_pages_of_pixels_at_150_dpi_and_nothing_else(string renderer)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, await File.ReadAllBytesAsync(Samples.Report), PdfRenderers.Only(directory, renderer));

        Assert.Equal(0, answer.Status);
        IReadOnlyList<PageImage> pages = Answers.Dangerzone(answer.Output);
        (double Width, double Height)[] points = [(595, 842), (595, 842), (842, 595), (420, 595)];
        Assert.Equal(points.Length, pages.Count);
        Assert.All(points.Zip(pages), pair =>
        {
            Assert.InRange(pair.Second.Width, pair.First.Width * 150 / 72 - 1, pair.First.Width * 150 / 72 + 1);
            Assert.InRange(pair.Second.Height, pair.First.Height * 150 / 72 - 1, pair.First.Height * 150 / 72 + 1);
        });
    }

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task Each_page_that_is_worked_on_is_named_on_standard_error(string renderer)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.RunAsync(Service, PdfMaker.Make(2), PdfRenderers.Only(directory, renderer));

        // The tools' own words may stand between ours.
        Assert.Equal(
            ["Converting page 1/2 to pixels", "Converting page 2/2 to pixels", "Converted document to pixels"],
            answer.Errors.Split('\n').Where(line => line.StartsWith("Convert", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_turned_page_comes_out_turned(string renderer)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, PdfMaker.Make(1, "/MediaBox [0 0 72 144] /Rotate 90"), PdfRenderers.Only(directory, renderer));

        PageImage page = Assert.Single(Answers.Dangerzone(answer.Output));
        Assert.Equal((300, 150), (page.Width, page.Height));
    }

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_cropped_page_comes_out_cropped(string renderer)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, PdfMaker.Make(1, "/MediaBox [0 0 144 144] /CropBox [0 0 72 36]"), PdfRenderers.Only(directory, renderer));

        PageImage page = Assert.Single(Answers.Dangerzone(answer.Output));
        Assert.Equal((150, 75), (page.Width, page.Height));
    }

    [Theory]
    [InlineData("", 138)]
    [InlineData("plain text, which nobody renders", 138)]
    [InlineData("{\\rtf1 text}", 148)]
    [InlineData("%PDF-1.4 and then nothing of a document", 158)]
    [InlineData("\u0089PNG\r\n\u001a\n and then nothing of an image", 158)]
    [InlineData("<svg>never closed", 158)]
    public async Task What_cannot_be_converted_gets_its_documented_status(string document, int status)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.WithOnly("mutool", "gm", "rsvg-convert");

        GuestAnswer answer = await GuestProgram.RunAsync(Service, Encoding.Latin1.GetBytes(document), path);

        Assert.Equal(status, answer.Status);
        Assert.True(answer.Output.Length <= 2);
    }

    [Fact]
    public async Task A_template_without_the_tool_for_a_format_says_which_is_missing()
    {
        GuestAnswer answer = await GuestProgram.RunAsync(Service, await File.ReadAllBytesAsync(Samples.Picture), "/nonexistent");

        Assert.Equal(128, answer.Status);
        Assert.Contains("gm is not installed in this template", answer.Errors);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_temporary_directory()
    {
        using var directory = new TemporaryDirectory();
        var start = GuestProgram.Start(Service);
        start.Environment["TMPDIR"] = directory.Path;
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(await File.ReadAllBytesAsync(Samples.Broken));
        process.StandardInput.Close();

        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());

        Assert.Equal(158, process.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task It_ends_when_the_caller_closes_standard_output_in_the_middle()
    {
        using var directory = new TemporaryDirectory();
        var start = GuestProgram.Start(Service);
        start.Environment["TMPDIR"] = directory.Path;
        using var process = System.Diagnostics.Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(PdfMaker.Make(10_000));
        process.StandardInput.Close();
        await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[2]);

        process.StandardOutput.Close();
        await process.WaitForExitAsync();

        Assert.NotEqual(0, process.ExitCode);
        Assert.DoesNotContain("Converted document", await errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }
}
