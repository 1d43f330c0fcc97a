using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Convert.Guest;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class RasterReaderTests
{
    [Fact]
    public void Pixmaps_are_read_one_by_one()
    {
        var reader = new RasterReader(Bytes("P6\n1 2\n255\nabcdefP6 1 1 255 ghi"), PpmHeader.Read);
        using var pixels = new MemoryStream();

        RasterHeader first = reader.ReadHeader()!.Value;
        reader.CopyPixels(first, pixels, PixelLayout.Rgb);
        RasterHeader second = reader.ReadHeader()!.Value;
        reader.CopyPixels(second, pixels, PixelLayout.Rgb);

        Assert.Equal(new RasterHeader(1, 2, PixelLayout.Rgb), first);
        Assert.Equal(new RasterHeader(1, 1, PixelLayout.Rgb), second);
        Assert.Equal("abcdefghi", Encoding.Latin1.GetString(pixels.ToArray()));
        Assert.Null(reader.ReadHeader());
    }

    [Fact]
    public void Decoded_images_are_read_one_by_one()
    {
        var reader = new RasterReader(Bytes("\0\0\0\u0002\0\0\0\u0001\u00ffabc\u00ffdef\0\0\0\u0001\0\0\0\u0001\0ghi"), AvsHeader.Read);
        using var pixels = new MemoryStream();

        RasterHeader first = reader.ReadHeader()!.Value;
        reader.CopyPixels(first, pixels, PixelLayout.Rgb);
        reader.CopyPixels(reader.ReadHeader()!.Value, pixels, PixelLayout.Rgba);

        Assert.Equal(new RasterHeader(2, 1, PixelLayout.Argb), first);
        Assert.Equal("abcdefghi\0", Encoding.Latin1.GetString(pixels.ToArray()));
        Assert.Null(reader.ReadHeader());
    }

    [Theory]
    [InlineData("Q6\n1 1\n255\n")]
    [InlineData("P5\n1 1\n255\n")]
    [InlineData("P6x1 1\n255\n")]
    [InlineData("P6\n0 1\n255\n")]
    [InlineData("P6\n-1 1\n255\n")]
    [InlineData("P6\n1 1\n65535\n")]
    [InlineData("P6\n99999999999 1\n255\n")]
    [InlineData("P6\n1")]
    [InlineData("P6\n11111111111111111111111111111111111 1\n255\n")]
    [InlineData("P")]
    public void Another_pixmap_header_is_page_trouble(string text) => Assert.Equal(
        ConversionStatus.PageTrouble, Assert.Throws<ConversionException>(() => PpmHeader.Read(Bytes(text))).Status);

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\u0001")]
    [InlineData("\0\0\0\u0001\u00ff\0\0\0")]
    [InlineData("\0\0\0\u0001\0\0\0")]
    public void Another_image_header_is_page_trouble(string text) => Assert.Equal(
        ConversionStatus.PageTrouble, Assert.Throws<ConversionException>(() => AvsHeader.Read(Bytes(text))).Status);

    [Fact]
    public void Pixels_that_end_early_are_page_trouble()
    {
        var reader = new RasterReader(Bytes("P6\n2 2\n255\nabc"), PpmHeader.Read);
        RasterHeader header = reader.ReadHeader()!.Value;

        Assert.Equal(ConversionStatus.PageTrouble,
            Assert.Throws<ConversionException>(() => reader.CopyPixels(header, Stream.Null, PixelLayout.Rgb)).Status);
    }

    [Fact]
    public void No_bytes_make_it_do_anything_but_read_or_refuse() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.GeneratorFor<byte[]>().ToArbitrary(),
        bytes =>
        {
            ReadAll(bytes, PpmHeader.Read);
            ReadAll([.. "P6\n3 2\n255\n"u8, .. bytes], PpmHeader.Read);
            ReadAll(bytes, AvsHeader.Read);
            ReadAll([0, 0, 0, 3, 0, 0, 0, 2, .. bytes], AvsHeader.Read);
        }));

    [Theory]
    [InlineData(new byte[] { 255, 1, 2, 3 }, new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0, 1, 2, 3 }, new byte[] { 255, 255, 255 })]
    [InlineData(new byte[] { 128, 0, 255, 100 }, new byte[] { 127, 255, 177 })]
    public void What_is_transparent_is_laid_on_white(byte[] argb, byte[] expected)
    {
        byte[] rgb = new byte[3];
        PixelConversion.Convert(argb, PixelLayout.Argb, rgb, PixelLayout.Rgb);
        Assert.Equal(expected, rgb);
    }

    private static void ReadAll(byte[] bytes, Func<Stream, RasterHeader?> readHeader)
    {
        var reader = new RasterReader(new MemoryStream(bytes), readHeader);
        try
        {
            while (reader.ReadHeader() is { } header)
            {
                using var sink = new MemoryStream();
                reader.CopyPixels(header, sink, PixelLayout.Rgb);
                Assert.Equal(header.Width * header.Height * 3, sink.Length);
            }
        }
        catch (ConversionException)
        {
            // Refused.
        }
    }

    private static MemoryStream Bytes(string text) => new(Encoding.Latin1.GetBytes(text));
}
