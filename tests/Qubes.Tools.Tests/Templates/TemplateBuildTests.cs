using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Templates;

public sealed class TemplateBuildTests : BenchTests
{
    private const string Progress =
        "1\0\0connection-established\0\0"
        + "1\0\0template-build-progress\0step\0packages\0percent\010\0detail\0poppler-utils\0\0"
        + "1\0\0template-build-progress\0step\0packages\0percent\012\0detail\0poppler-utils\0\0"
        + "1\0\0template-build-progress\0step\0image\0percent\080\0detail\0\0\0";

    [Theory]
    [InlineData("")]
    [InlineData("name=t\n", "--name", "t")]
    [InlineData("name=t\ndvm=no\nforce=yes\n", "--name=t", "--no-dvm", "--force")]
    public async Task The_options_are_lines_of_the_payload(string payload, params string[] options)
    {
        Server.Answer(
            $"admin.template.Build+debian-12-convert dom0 name dom0\0{payload}",
            Progress + "1\0\0template-build-done\0template\0t\0dvm\0t-dvm\0\0");
        var result = await Bench.RunAsync("qvm-template-build", ["debian-12-convert", .. options]);
        Assert.Equal((0, "template: t\ndisposable template: t-dvm\n"), (result.Code, result.Output));
        Assert.Equal(
            "debian-12-convert:  10 % packages: poppler-utils\ndebian-12-convert:  80 % image\ndebian-12-convert: done: t\n", result.Error);
    }

    [Fact]
    public async Task Without_a_disposable_template_only_the_template_is_named()
    {
        Server.Answer("admin.template.Build+r dom0 name dom0\0dvm=no\n", "1\0\0template-build-done\0template\0r\0dvm\0\0\0");
        var result = await Bench.RunAsync("qvm-template-build", "--no-dvm", "-q", "r");
        Assert.Equal((0, "template: r\n", ""), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_failed_build_says_why()
    {
        Server.Answer("admin.template.Build+r dom0 name dom0\0", Progress + "2\0QubesException\0\0mmdebstrap ended with status 25\0");
        var result = await Bench.RunAsync("qvm-template-build", "r");
        Assert.Equal(1, result.Code);
        Assert.EndsWith("qvm-template-build: error: mmdebstrap ended with status 25\n", result.Error);
    }

    [Fact]
    public async Task A_stream_that_just_ends_is_a_failure()
    {
        Server.Answer("admin.template.Build+r dom0 name dom0\0", Progress);
        var result = await Bench.RunAsync("qvm-template-build", "r");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.EndsWith("admin.template.Build ended without saying that the template is done\n", result.Error);
    }
}
