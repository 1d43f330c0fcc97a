using Qubes.Convert.Guest;
using Qubes.Convert.Guest.Documents;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class PageListingTests
{
    private const int Dpi = 150;

    [Fact]
    public void MuPdf_pages_are_counted_and_their_smaller_box_is_the_page() => Assert.Equal(2, MuPdf(
        "document.pdf:",
        "<page pagenum=\"1\">", "<MediaBox l=\"0\" b=\"0\" r=\"99999\" t=\"99999\" />", "<CropBox l=\"10\" b=\"10\" r=\"605\" t=\"852\" />",
        "<Rotate v=\"90\" />", "</page>",
        "<page pagenum=\"2\">", "<MediaBox l=\"0\" b=\"0\" r=\"595\" t=\"842\" />", "</page>"));

    [Theory]
    [InlineData("5000", "10", "0", ConversionStatus.PageTooWide)]
    [InlineData("10", "5000", "0", ConversionStatus.PageTooHigh)]
    [InlineData("10", "5000", "90", ConversionStatus.PageTooWide)]
    [InlineData("1e+300", "10", "0", ConversionStatus.PageTooWide)]
    [InlineData("nan", "10", "0", ConversionStatus.PageTrouble)]
    [InlineData("wide", "10", "0", ConversionStatus.PageTrouble)]
    internal void MuPdf_pages_that_nobody_accepts_are_refused(string right, string top, string turn, ConversionStatus status)
    {
        string[] lines =
        [
            "<page pagenum=\"1\">", $"<MediaBox l=\"0\" b=\"0\" r=\"{right}\" t=\"{top}\" />", $"<Rotate v=\"{turn}\" />", "</page>",
        ];

        Assert.Equal(status, Assert.Throws<ConversionException>(() => MuPdf(lines)).Status);
    }

    [Fact]
    public void MuPdf_pages_that_cannot_be_listed_are_damage() => Assert.Equal(ConversionStatus.DamagedDocument,
        Assert.Throws<ConversionException>(() => MuPdf("<page pagenum=\"1\">", "Failed to gather information for page 1")).Status);

    [Fact]
    public void MuPdf_page_10001_is_one_too_many()
    {
        var listing = new MuPdfListing(Dpi);
        for (int page = 1; page <= 10_000; page++)
            listing.Take($"<page pagenum=\"{page}\">");
        Assert.Equal(10_000, listing.Finish());

        Assert.Equal(ConversionStatus.TooManyPages,
            Assert.Throws<ConversionException>(() => listing.Take("<page pagenum=\"10001\">")).Status);
    }

    [Fact]
    public void MuPdf_documents_that_announce_too_many_pages_are_not_listed() =>
        Assert.Equal(ConversionStatus.TooManyPages, Assert.Throws<ConversionException>(() => MuPdf("50000")).Status);

    [Fact]
    public void Poppler_pages_are_counted() =>
        Assert.Equal(12, Poppler("Title:  Pages of a life", "Pages:           12", "Page    1 size:  595 x 842 pts (A4)", "Page    1 rot:   0"));

    [Theory]
    [InlineData("5000", "10", "0", ConversionStatus.PageTooWide)]
    [InlineData("10", "5000", "0", ConversionStatus.PageTooHigh)]
    [InlineData("10", "5000", "270", ConversionStatus.PageTooWide)]
    [InlineData("inf", "10", "0", ConversionStatus.NoPageCount)]
    internal void Poppler_pages_that_nobody_accepts_are_refused(string width, string height, string turn, ConversionStatus status) =>
        Assert.Equal(status, Assert.Throws<ConversionException>(
            () => Poppler("Pages: 1", $"Page    1 size:  {width} x {height} pts", $"Page    1 rot:   {turn}")).Status);

    [Theory]
    [InlineData("Pages: 10001", ConversionStatus.TooManyPages)]
    [InlineData("Pages: 0", ConversionStatus.NoPageCount)]
    [InlineData("Pages: many", ConversionStatus.NoPageCount)]
    [InlineData("Encrypted: no", ConversionStatus.NoPageCount)]
    internal void Poppler_counts_that_nobody_accepts_are_refused(string line, ConversionStatus status) =>
        Assert.Equal(status, Assert.Throws<ConversionException>(() => Poppler(line)).Status);

    private static int MuPdf(params string[] lines) => Read(new MuPdfListing(Dpi), lines);

    private static int Poppler(params string[] lines) => Read(new PopplerListing(Dpi), lines);

    private static int Read(IPageListing listing, string[] lines)
    {
        foreach (string line in lines)
            listing.Take(line);
        return listing.Finish();
    }
}
