using Qubes.Convert.Guest.WarmUp;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class WarmUpTests
{
    [Theory]
    [MemberData(nameof(PdfRenderers.All), MemberType = typeof(PdfRenderers))]
    public async Task It_renders_a_page_and_says_nothing(string renderer)
    {
        using var directory = new TemporaryDirectory();

        GuestAnswer answer = await GuestProgram.WarmUpAsync(PdfRenderers.Only(directory, renderer));

        Assert.Equal(0, answer.Status);
        Assert.Empty(answer.Output);
        Assert.Contains("Converted document to pixels", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_document_is_one_that_renderers_take_without_a_word()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory.File("warm-up.pdf"), WarmUpDocument.Make());

        // It fails the test for a mere warning, too.
        await Tool.RunAsync("qpdf", "--check", directory.File("warm-up.pdf"));
    }
}
