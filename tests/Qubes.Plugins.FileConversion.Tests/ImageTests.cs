using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class ImageTests
{
    [Theory]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public async Task A_lossless_image_is_one_page_of_its_own_pixels(string type)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image." + type);
        await Tool.RunAsync("gm", "convert", "-size", "3x2", "xc:#ff0000", "-fill", "#0000ff", "-draw", "point 2,1", $"{type}:{path}");

        PageImage page = Assert.Single(await PagesOfAsync(path));

        Assert.Equal((3, 2), (page.Width, page.Height));
        Assert.Equal((255, 0, 0), page.At(0, 0));
        Assert.Equal((0, 0, 255), page.At(2, 1));
    }

    [Theory]
    [InlineData("jpeg", "-quality", "95")]
    [InlineData("jpeg", "-colorspace", "GRAY")]
    [InlineData("png", "-type", "Palette")]
    [InlineData("tiff", "-depth", "16")]
    public async Task Other_encodings_of_a_picture_look_like_it(string type, string option, string value)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image." + type);
        await Tool.RunAsync("gm", "convert", "-size", "64x64", "gradient:#202020-#d0d0d0", option, value, $"{type}:{path}");

        PageImage page = Assert.Single(await PagesOfAsync(path));

        Assert.Equal((64, 64), (page.Width, page.Height));
        Assert.InRange(page.At(32, 0).G, 0x1a, 0x28);
        Assert.InRange(page.At(32, 63).G, 0xc8, 0xd8);
    }

    [Fact]
    public async Task What_is_transparent_is_laid_on_white()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image.png");
        await Tool.RunAsync("gm", "convert", "-size", "2x1", "xc:transparent", "-fill", "#00ff0080", "-draw", "point 1,0", $"png:{path}");

        PageImage page = Assert.Single(await PagesOfAsync(path));

        Assert.Equal((255, 255, 255), page.At(0, 0));
    }

    [Fact]
    public async Task Each_image_of_a_tiff_file_is_a_page()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("pages.tiff");
        await Tool.RunAsync("gm", "convert", "-size", "4x5", "xc:red", "-size", "7x3", "xc:blue", $"tiff:{path}");

        IReadOnlyList<PageImage> pages = await PagesOfAsync(path);

        Assert.Equal([(4, 5), (7, 3)], pages.Select(page => (page.Width, page.Height)));
        Assert.Equal((0, 0, 255), pages[1].At(6, 2));
    }

    [Fact]
    public async Task An_animation_is_its_first_image()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("film.gif");
        await Tool.RunAsync("gm", "convert", "-size", "4x4", "xc:red", "-size", "4x4", "xc:blue", $"gif:{path}");

        PageImage page = Assert.Single(await PagesOfAsync(path));

        Assert.Equal((255, 0, 0), page.At(0, 0));
    }

    [Theory]
    [InlineData("width='96' height='48'", 150, 75)]
    [InlineData("width='1in' height='2in'", 150, 300)]
    public async Task A_drawing_is_drawn_at_150_dpi(string size, int width, int height)
    {
        byte[] svg = Encoding.UTF8.GetBytes(
            $"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' {size}><rect width='20' height='20' fill='#00f'/></svg>");

        GuestAnswer answer = await GuestProgram.RunAsync("dz.Convert", svg);

        PageImage page = Assert.Single(Answers.Dangerzone(answer.Output));
        Assert.Equal((width, height), (page.Width, page.Height));
        Assert.Equal((0, 0, 255), page.At(5, 5));
        Assert.Equal((255, 255, 255), page.At(width - 1, height - 1));
    }

    private static async Task<IReadOnlyList<PageImage>> PagesOfAsync(string path)
    {
        GuestAnswer answer = await GuestProgram.RunAsync("dz.Convert", await File.ReadAllBytesAsync(path));
        Assert.True(answer.Status == 0, answer.Errors);
        return Answers.Dangerzone(answer.Output);
    }
}
