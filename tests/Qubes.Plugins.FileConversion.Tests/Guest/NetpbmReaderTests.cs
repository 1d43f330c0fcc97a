using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Convert.Guest;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class NetpbmReaderTests
{
    private const string Pam = "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n";

    [Fact]
    public void A_sequence_of_both_kinds_is_read_image_by_image()
    {
        var reader = Reader("P6\n1 2\n255\nabcdef" + Pam + "ABC\u00ffDEF\u00ff");
        using var pixels = new MemoryStream();

        RasterHeader first = reader.ReadHeader()!.Value;
        reader.CopyPixels(first, pixels, PixelLayout.Rgb);
        RasterHeader second = reader.ReadHeader()!.Value;
        reader.CopyPixels(second, pixels, PixelLayout.Rgba);

        Assert.Equal(new RasterHeader(1, 2, PixelLayout.Rgb), first);
        Assert.Equal(new RasterHeader(2, 1, PixelLayout.Rgba), second);
        Assert.Equal("abcdefABC\u00ffDEF\u00ff", Encoding.Latin1.GetString(pixels.ToArray()));
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
    [InlineData("P")]
    [InlineData("P7\nWIDTH 1\nHEIGHT 1\nENDHDR\n")]
    [InlineData("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n")]
    [InlineData("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nENDHDR\n")]
    [InlineData("P7\nCOLOUR 1\n")]
    [InlineData("P7x")]
    public void Another_header_is_page_trouble(string text) =>
        Assert.Equal(ConversionStatus.PageTrouble, Assert.Throws<ConversionException>(() => Reader(text).ReadHeader()).Status);

    [Fact]
    public void An_endless_header_is_page_trouble()
    {
        Assert.Throws<ConversionException>(() => Reader("P7\n" + string.Concat(Enumerable.Repeat("WIDTH 1\n", 1000))).ReadHeader());
        Assert.Throws<ConversionException>(() => Reader("P6\n" + new string('1', 1000)).ReadHeader());
    }

    [Fact]
    public void Pixels_that_end_early_are_page_trouble()
    {
        var reader = Reader("P6\n2 2\n255\nabc");
        RasterHeader header = reader.ReadHeader()!.Value;

        Assert.Equal(ConversionStatus.PageTrouble,
            Assert.Throws<ConversionException>(() => reader.CopyPixels(header, Stream.Null, PixelLayout.Rgb)).Status);
    }

    [Fact]
    public void No_bytes_make_it_do_anything_but_read_or_refuse() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            ArbMap.Default.GeneratorFor<byte[]>().Select(tail => Encoding.ASCII.GetBytes("P6\n3 2\n255\n").Concat(tail).ToArray()),
            ArbMap.Default.GeneratorFor<byte[]>().Select(tail => Encoding.ASCII.GetBytes(Pam).Concat(tail).ToArray())).ToArbitrary(),
        bytes =>
        {
            var reader = new NetpbmReader(new MemoryStream(bytes));
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
        }));

    [Theory]
    [InlineData((int)PixelLayout.Gray, new byte[] { 7 }, new byte[] { 7, 7, 7 })]
    [InlineData((int)PixelLayout.GrayAlpha, new byte[] { 7, 255 }, new byte[] { 7, 7, 7 })]
    [InlineData((int)PixelLayout.GrayAlpha, new byte[] { 7, 0 }, new byte[] { 255, 255, 255 })]
    [InlineData((int)PixelLayout.Rgb, new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 3 })]
    [InlineData((int)PixelLayout.Rgba, new byte[] { 1, 2, 3, 255 }, new byte[] { 1, 2, 3 })]
    [InlineData((int)PixelLayout.Rgba, new byte[] { 0, 255, 100, 128 }, new byte[] { 127, 255, 177 })]
    public void Pixels_of_any_layout_become_colours_on_white(int layout, byte[] pixel, byte[] expected)
    {
        byte[] rgb = new byte[3];
        PixelConversion.Convert(pixel, (PixelLayout)layout, rgb, PixelLayout.Rgb);
        Assert.Equal(expected, rgb);
    }

    private static NetpbmReader Reader(string text) => new(new MemoryStream(Encoding.Latin1.GetBytes(text)));
}
