using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class GetImageRgbaTests
{
    private const string Service = "qubes.GetImageRGBA";

    [Theory]
    [InlineData("-")]
    [InlineData("png:-")]
    [InlineData("jpeg:-")]
    public async Task An_image_behind_the_line_becomes_its_size_and_pixels_with_alpha(string line)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image.png");
        await Tool.RunAsync("gm", "convert", "-size", "3x2", "xc:transparent", "-fill", "#0102ff", "-draw", "point 1,0", $"png:{path}");

        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, [.. Encoding.ASCII.GetBytes(line + "\n"), .. await File.ReadAllBytesAsync(path)]);

        Assert.Equal(0, answer.Status);
        PageImage image = Answers.Image(answer.Output);
        Assert.Equal((3, 2), (image.Width, image.Height));
        Assert.Equal([1, 2, 255, 255], image.Pixels[4..8]);
        Assert.Equal(0, image.Pixels[3]);
    }

    [Fact]
    public async Task An_image_without_alpha_is_opaque()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image.jpeg");
        await Tool.RunAsync("gm", "convert", "-size", "5x5", "xc:white", $"jpeg:{path}");

        GuestAnswer answer = await GuestProgram.RunAsync(Service, Encoding.ASCII.GetBytes(path + "\n"));

        Assert.All(Answers.Image(answer.Output).Pixels, value => Assert.Equal(255, value));
    }

    [Fact]
    public async Task A_path_names_an_image_in_this_qube()
    {
        GuestAnswer answer = await GuestProgram.RunAsync(Service, Encoding.ASCII.GetBytes(Samples.Picture + "\n"));

        PageImage image = Answers.Image(answer.Output);
        Assert.Equal((480, 320), (image.Width, image.Height));
    }

    [Theory]
    [InlineData("-\nnot an image")]
    [InlineData("/nonexistent.png\n")]
    [InlineData("xdgicon:there-is-no-such-icon\n")]
    [InlineData("xdgicon:../../../etc/passwd\n")]
    [InlineData("no line at all")]
    public async Task What_is_no_image_is_a_failure(string input)
    {
        GuestAnswer answer = await GuestProgram.RunAsync(Service, Encoding.ASCII.GetBytes(input));

        Assert.Equal(1, answer.Status);
        Assert.Empty(answer.Output);
    }

    [Fact]
    public async Task An_image_wider_than_8192_pixels_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("image.png");
        await Tool.RunAsync("gm", "convert", "-size", "8193x1", "xc:white", $"png:{path}");

        GuestAnswer answer = await GuestProgram.RunAsync(Service, Encoding.ASCII.GetBytes(path + "\n"));

        Assert.Equal(1, answer.Status);
        Assert.Contains("8192 x 5120 is the most", answer.Errors);
    }

    [Fact]
    public async Task A_drawing_has_its_natural_size()
    {
        GuestAnswer answer = await GuestProgram.RunAsync(
            Service, "-\n<svg xmlns='http://www.w3.org/2000/svg' width='16' height='12'/>"u8.ToArray());

        PageImage image = Answers.Image(answer.Output);
        Assert.Equal((16, 12), (image.Width, image.Height));
    }

    [Fact]
    public async Task A_document_is_no_image()
    {
        byte[] report = await File.ReadAllBytesAsync(Samples.Report);

        GuestAnswer answer = await GuestProgram.RunAsync(Service, [.. "-\n"u8, .. report]);

        Assert.Equal(1, answer.Status);
    }
}
