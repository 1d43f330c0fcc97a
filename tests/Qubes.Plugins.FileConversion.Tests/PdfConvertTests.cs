using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class PdfConvertTests
{
    [Theory]
    [InlineData("qubes.PdfConvert", 300)]
    [InlineData("qubes.PdfConvert+", 300)]
    [InlineData("qubes.PdfConvert+75", 75)]
    [InlineData("qubes.PdfConvert+4800", 4800)]
    public async Task The_argument_is_the_resolution_and_its_absence_means_300(string service, int pixels)
    {
        GuestAnswer answer = await GuestProgram.RunAsync(service, PdfMaker.Make(2));

        Assert.Equal(0, answer.Status);
        IReadOnlyList<PageImage> pages = Answers.PdfConvert(answer.Output);
        Assert.Equal(2, pages.Count);
        Assert.All(pages, page => Assert.Equal((pixels, pixels), (page.Width, page.Height)));
    }

    [Theory]
    [InlineData("74")]
    [InlineData("4801")]
    [InlineData("-150")]
    [InlineData("150x")]
    public async Task Another_resolution_is_refused(string argument)
    {
        GuestAnswer answer = await GuestProgram.RunAsync("qubes.PdfConvert+" + argument, PdfMaker.Make(1));

        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
        Assert.Contains("75 to 4800", answer.Errors);
    }

    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task A_leading_line_opens_an_encrypted_document(string renderer)
    {
        using var directory = new TemporaryDirectory();
        string locked = directory.File("locked.pdf");
        await Tool.RunAsync("qpdf", "--encrypt", "secret", "owner", "256", "--", Samples.Report, locked);
        byte[] document = await File.ReadAllBytesAsync(locked);
        string path = PdfRenderers.Only(directory, renderer);

        GuestAnswer opened = await GuestProgram.RunAsync("qubes.PdfConvert+75", [.. "--password=secret\n"u8, .. document], path);
        GuestAnswer wrong = await GuestProgram.RunAsync("qubes.PdfConvert+75", [.. "--password=other\n"u8, .. document], path);

        Assert.Equal(4, Answers.PdfConvert(opened.Output).Count);
        Assert.Equal(1, wrong.Status);
        Assert.Empty(wrong.Output);
    }

    [Fact]
    public async Task Every_failure_has_status_1()
    {
        GuestAnswer answer = await GuestProgram.RunAsync("qubes.PdfConvert", PdfMaker.Make(50_000));

        Assert.Equal(1, answer.Status);
    }

    [Fact]
    public async Task But_a_missing_LibreOffice_has_status_64()
    {
        GuestAnswer answer = await GuestProgram.RunAsync("qubes.PdfConvert", Encoding.ASCII.GetBytes(@"{\rtf1 text}"), "/nonexistent");

        Assert.Equal(64, answer.Status);
    }
}
