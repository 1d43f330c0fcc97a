using System.Diagnostics;
using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;
using Qubes.Qrexec.Protocol;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>
/// The tool with the guest's real converter behind it, which runs as a process of this host and finds what a template has by
/// default.
/// </summary>
public sealed class GuestProgramTests : IDisposable
{
    private readonly string templateTools = Directory.CreateTempSubdirectory("qubes-tools-").FullName;

    public GuestProgramTests()
    {
        foreach (string program in new[] { "pdfinfo", "pdftoppm", "gm", "rsvg-convert" })
            File.CreateSymbolicLink(Path.Combine(templateTools, program), "/usr/bin/" + program);
    }

    public void Dispose() => Directory.Delete(templateTools, recursive: true);

    [Theory]
    [InlineData(150)]
    [InlineData(200)]
    public async Task A_converted_document_looks_like_the_original(int dpi)
    {
        await using var bench = new ConvertBench(RunGuestAsync);
        string result = bench.Result("report.pdf");

        ToolResult run = await bench.ConvertAsync("--dpi", $"{dpi}", "-o", result, Samples.Report);

        Assert.True(run.Code == 0, run.Error);
        IReadOnlyList<PageImage> original = await RenderAsync(Samples.Report, dpi);
        IReadOnlyList<PageImage> converted = await RenderAsync(result, dpi);
        Assert.Equal(original.Count, converted.Count);
        Assert.All(original.Zip(converted), pair =>
        {
            Assert.InRange((double)pair.Second.Width / pair.First.Width, 0.99, 1.01);
            Assert.InRange((double)pair.Second.Height / pair.First.Height, 0.99, 1.01);
            Assert.InRange(Cut(pair.First, pair.Second).DifferenceFrom(Cut(pair.Second, pair.First)), 0, 0.03);
        });
    }

    [Fact]
    public async Task A_picture_keeps_every_pixel()
    {
        await using var bench = new ConvertBench(RunGuestAsync);
        string result = bench.Result("picture.pdf");

        ToolResult run = await bench.ConvertAsync("-o", result, Samples.Picture);

        Assert.True(run.Code == 0, run.Error);
        byte[] expected = await Tool.RunAsync("gm", "convert", Samples.Picture, "-depth", "8", "ppm:-");
        Assert.Equal(expected, await Tool.RunAsync("pdftoppm", "-r", "150", result));
        await Tool.RunAsync("qpdf", "--check", result);
    }

    [Fact]
    public async Task The_samples_convert_but_for_the_broken_one()
    {
        await using var bench = new ConvertBench(RunGuestAsync);

        ToolResult run = await bench.ConvertAsync("-o", bench.Files, Samples.Report, Samples.Picture, Samples.Broken);

        Assert.Equal(1, run.Code);
        Assert.Contains("broken.pdf: the document is damaged or encrypted (status 158)", run.Error);
        Assert.Equal(["picture.trusted.pdf", "report.trusted.pdf"], bench.Listing);
        Assert.Equal(3, bench.Kills);
    }

    [Fact]
    public async Task A_document_of_50000_pages_is_refused_in_words()
    {
        await using var bench = new ConvertBench(RunGuestAsync);
        string document = bench.Document();
        await File.WriteAllBytesAsync(document, PdfMaker.Make(50_000));

        ToolResult run = await bench.ConvertAsync("-q", document);

        Assert.Equal(1, run.Code);
        Assert.Contains("too many pages (status 170)", run.Error);
    }

    // Rendered to the same number of pixels they differ by at most one in either direction: compare what both have.
    private static PageImage Cut(PageImage image, PageImage other)
    {
        int width = Math.Min(image.Width, other.Width);
        int height = Math.Min(image.Height, other.Height);
        byte[] pixels = new byte[width * height * 3];
        for (int row = 0; row < height; row++)
            image.Pixels.AsSpan(row * image.Width * 3, width * 3).CopyTo(pixels.AsSpan(row * width * 3));
        return new PageImage(width, height, pixels);
    }

    private static async Task<IReadOnlyList<PageImage>> RenderAsync(string pdf, int dpi)
    {
        byte[] images = await Tool.RunAsync("pdftoppm", "-r", $"{dpi}", pdf);
        var pages = new List<PageImage>();
        for (int at = 0; at < images.Length;)
        {
            string[] header = Encoding.ASCII.GetString(images, at, 20).Split('\n');
            int[] size = [.. header[1].Split(' ').Select(int.Parse)];
            at += header[0].Length + header[1].Length + header[2].Length + 3;
            pages.Add(new PageImage(size[0], size[1], images.AsSpan(at, size[0] * size[1] * 3).ToArray()));
            at += size[0] * size[1] * 3;
        }

        return pages;
    }

    private async Task RunGuestAsync(ServedCall call)
    {
        await call.ConnectAsync();
        using Process guest = Process.Start(GuestProgram.Start(call.Command.Split(' ')[1], templateTools))!;
        Task errors = CopyAsync(guest.StandardError.BaseStream, call, MessageType.DataStderr);
        Task output = CopyAsync(guest.StandardOutput.BaseStream, call, MessageType.DataStdout);
        while (await call.ReadPieceAsync() is { Length: > 0 } piece)
            await guest.StandardInput.BaseStream.WriteAsync(piece);
        guest.StandardInput.Close();
        await Task.WhenAll(errors, output);
        await guest.WaitForExitAsync();
        await call.ExitAsync(guest.ExitCode);
    }

    private static async Task CopyAsync(Stream from, ServedCall call, MessageType type)
    {
        byte[] buffer = new byte[32 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var count)
            await call.SendAsync(type, buffer.AsMemory(0, count));
    }
}
