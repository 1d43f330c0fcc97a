using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Qubes.GuestTools.Tests.Bench;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Tests.Converting;

public sealed class ConvertImageTests : IDisposable
{
    private readonly ToolBench bench = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(500, 301)]
    public async Task Pixels_become_a_PNG_that_has_them_all(int width, int height)
    {
        var pixels = new byte[width * height * 4];
        new Random(width).NextBytes(pixels);
        bench.Sends([.. Encoding.ASCII.GetBytes($"{width} {height}\n"), .. pixels]);

        var result = await bench.RunAsync("qvm-convert-img", bench.Write("in.jpg", "image"), bench.PathOf("out.png"));

        Assert.Equal((0, ""), (result.Status, result.Errors));
        Assert.Equal(pixels, ReadPng(File.ReadAllBytes(bench.PathOf("out.png")), width, height));
        Assert.Equal("-\nimage", File.ReadAllText(bench.PathOf("input")));
        Assert.Equal("@dispvm qubes.GetImageRGBA\n", File.ReadAllText(bench.PathOf("calls")));
    }

    [Theory]
    [InlineData("in.svg", "", "svg:-\n")]
    [InlineData("in.png", "jpg:", "jpg:-\n")]
    public async Task The_type_is_told_where_it_is_known(string name, string prefix, string line)
    {
        bench.Sends([.. "1 1\n"u8, 1, 2, 3, 4]);

        await bench.RunAsync("qvm-convert-img", prefix + bench.Write(name, "image"), bench.PathOf("out.png"));

        Assert.Equal(line + "image", File.ReadAllText(bench.PathOf("input")));
    }

    [Fact]
    public async Task An_image_may_take_its_own_place()
    {
        bench.Sends([.. "1 1\n"u8, 1, 2, 3, 4]);
        var file = bench.Write("in.png", "image");

        Assert.Equal(0, (await bench.RunAsync("qvm-convert-img", file, file)).Status);
        Assert.Equal([1, 2, 3, 4], ReadPng(File.ReadAllBytes(file), 1, 1));
    }

    [Theory]
    [InlineData("", "before the image's size")]
    [InlineData("8193 1\n", "8193 x 1")]
    [InlineData("1 5121\n", "1 x 5121")]
    [InlineData("0 1\n", "no number")]
    [InlineData("1  1\n", "no number")]
    [InlineData("1 1 \n", "no number")]
    [InlineData("01 1\n", "no number")]
    [InlineData("1 1\nabc", "within the image")]
    [InlineData("1 1\nabcde", "more than the image")]
    [InlineData("100000 1\n", "no number")]
    public async Task What_no_converter_sends_is_refused(string answer, string reason)
    {
        bench.Sends(Converters.Text(answer));
        var result = await bench.RunAsync("qvm-convert-img", bench.Write("in.png", "image"), bench.PathOf("out.png"));

        Assert.Equal(1, result.Status);
        Assert.Contains(reason, result.Errors);
        Assert.False(File.Exists(bench.PathOf("out.png")));
    }

    [Theory]
    [InlineData(126, 126)]
    [InlineData(127, 127)]
    [InlineData(3, 1)]
    public async Task A_refusal_keeps_its_status(int status, int expected)
    {
        bench.Sends([], status);

        Assert.Equal(expected, (await bench.RunAsync("qvm-convert-img", bench.Write("in.png", "x"), bench.PathOf("out.png"))).Status);
    }

    [Theory]
    [InlineData("out.gif")]
    [InlineData("out")]
    [InlineData("out.a-b")]
    public async Task A_format_that_cannot_be_written_is_refused_before_the_call(string name)
    {
        bench.Variables["PATH"] = "";
        bench.Sends([]);

        var result = await bench.RunAsync("qvm-convert-img", bench.Write("in.png", "x"), bench.PathOf(name));

        Assert.Equal(1, result.Status);
        Assert.Contains(".png", result.Errors);
        Assert.False(File.Exists(bench.PathOf("calls")));
    }

    [Fact]
    public async Task GraphicsMagick_gets_the_trusted_PNG_only()
    {
        bench.Sends([.. "1 1\n"u8, 1, 2, 3, 4]);
        bench.Write("bin/gm", "#!/bin/sh\necho \"$1 $3\"; /usr/bin/head -c 4 \"${2#png:}\" | /usr/bin/tail -c 3\n", executable: true);
        bench.Variables["PATH"] = bench.PathOf("bin");

        var result = await bench.RunAsync("qvm-convert-img", bench.Write("in.png", "x"), bench.PathOf("out.gif"));

        Assert.Equal((0, ""), (result.Status, result.Errors));
        Assert.Equal("convert gif:-\nPNG", File.ReadAllText(bench.PathOf("out.gif")));
    }

    public void Dispose() => bench.Dispose();

    // The other side of the grammar, without the writer's parts.
    private static byte[] ReadPng(byte[] png, int width, int height)
    {
        Assert.Equal([0x89, .. "PNG\r\n\u001a\n"u8], png[..8]);
        var data = new MemoryStream();
        var types = new List<string>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = Encoding.ASCII.GetString(png, at + 4, 4);
            types.Add(type);
            Assert.Equal(Crc32.Of(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            if (type == "IHDR")
                Assert.Equal([.. Number(width), .. Number(height), 8, 6, 0, 0, 0], png[(at + 8)..(at + 8 + length)]);
            if (type == "IDAT")
                data.Write(png, at + 8, length);
            at += length + 12;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], types.Distinct());
        data.Position = 0;
        var rows = new MemoryStream();
        new ZLibStream(data, CompressionMode.Decompress).CopyTo(rows);
        Assert.Equal(height * ((width * 4) + 1), rows.Length);
        return [.. rows.ToArray().Chunk((width * 4) + 1).SelectMany(row => row[0] == 0 ? row[1..] : throw new InvalidDataException())];
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
