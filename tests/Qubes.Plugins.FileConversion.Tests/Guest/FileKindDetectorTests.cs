using System.IO.Compression;
using System.Text;
using Qubes.Convert.Guest;
using Qubes.Convert.Guest.Input;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class FileKindDetectorTests
{
    [Theory]
    [InlineData("%PDF-1.7\n", FileKind.Pdf)]
    [InlineData("some lines of a printer\n%PDF-1.7\n", FileKind.Pdf)]
    [InlineData("\u0089PNG\r\n\u001a\n", FileKind.Png)]
    [InlineData("\u00ff\u00d8\u00ff\u00e0", FileKind.Jpeg)]
    [InlineData("GIF87a", FileKind.Gif)]
    [InlineData("GIF89a", FileKind.Gif)]
    [InlineData("II*\0", FileKind.Tiff)]
    [InlineData("MM\0*", FileKind.Tiff)]
    [InlineData("BM\0\0\0\0\0\0\0\0\0\0\0\0\u0028\0\0\0", FileKind.Bmp)]
    [InlineData("<svg xmlns='x'/>", FileKind.Svg)]
    [InlineData("\u00ef\u00bb\u00bf \n<?xml version='1.0'?><!-- by hand --><svg/>", FileKind.Svg)]
    [InlineData("{\\rtf1}", FileKind.Office)]
    internal void A_kind_is_told_by_its_first_bytes(string content, FileKind kind) => Assert.Equal(kind, Detect(Encoding.Latin1.GetBytes(content)));

    [Theory]
    [InlineData("")]
    [InlineData("BM is no bitmap here")]
    [InlineData("<html><body>no drawing</body></html>")]
    [InlineData("PK\u0003\u0004")]
    [InlineData("GIF90a")]
    public void Anything_else_is_not_supported(string content) =>
        Assert.Equal(ConversionStatus.FormatNotSupported,
            Assert.Throws<ConversionException>(() => Detect(Encoding.Latin1.GetBytes(content))).Status);

    [Theory]
    [InlineData("mimetype", "application/vnd.oasis.opendocument.text")]
    [InlineData("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]
    [InlineData("word/document.xml", "<w/>")]
    [InlineData("xl/workbook.xml", "<x/>")]
    [InlineData("ppt/presentation.xml", "<p/>")]
    public void A_zip_with_an_office_documents_main_part_is_one(string entry, string content) =>
        Assert.Equal(FileKind.Office, Detect(Zip(entry, content)));

    [Theory]
    [InlineData("mimetype", "application/epub+zip", ConversionStatus.FormatNotSupported)]
    [InlineData("mimetype", "application/hwp+zip", ConversionStatus.HancomOffice)]
    [InlineData("notes.txt", "just an archive", ConversionStatus.FormatNotSupported)]
    internal void Other_zips_are_not(string entry, string content, ConversionStatus status) =>
        Assert.Equal(status, Assert.Throws<ConversionException>(() => Detect(Zip(entry, content))).Status);

    [Theory]
    [InlineData("WordDocument")]
    [InlineData("Workbook")]
    [InlineData("PowerPoint Document")]
    public void A_compound_file_with_an_office_stream_is_a_document(string stream) =>
        Assert.Equal(FileKind.Office, Detect(CompoundFile(stream)));

    [Theory]
    [InlineData("HwpSummaryInformation", ConversionStatus.HancomOffice)]
    [InlineData("Installer", ConversionStatus.FormatNotSupported)]
    internal void Other_compound_files_are_not(string stream, ConversionStatus status) =>
        Assert.Equal(status, Assert.Throws<ConversionException>(() => Detect(CompoundFile(stream))).Status);

    [Fact]
    public void A_file_that_is_not_there_cannot_be_read() => Assert.Equal(
        ConversionStatus.InputUnreadable, Assert.Throws<ConversionException>(() => FileKindDetector.Detect("/nonexistent/file")).Status);

    private static FileKind Detect(byte[] content)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("document");
        File.WriteAllBytes(path, content);
        return FileKindDetector.Detect(path);
    }

    private static byte[] Zip(string entry, string content)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(zip.CreateEntry(entry, CompressionLevel.NoCompression).Open());
            writer.Write(content);
        }

        return bytes.ToArray();
    }

    private static byte[] CompoundFile(string stream)
    {
        byte[] file = new byte[200 * 1024];
        ((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).CopyTo(file);
        Encoding.Unicode.GetBytes(stream).CopyTo(file, 150 * 1024);
        return file;
    }
}
