using System.Text;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests;

/// <summary>With a stand-in for LibreOffice, which is too large to be installed for a test.</summary>
public sealed class OfficeDocumentTests
{
    private static readonly byte[] _document = Encoding.ASCII.GetBytes(@"{\rtf1 text}");

    [Fact]
    public async Task An_office_document_is_rendered_from_the_pdf_that_LibreOffice_makes_of_it()
    {
        using var directory = new TemporaryDirectory();
        string path = Template(directory, $"""
            while [ "$1" != --outdir ]; do shift; done
            [ -s "$3" ] && exec /bin/cp '{Samples.Report}' "$2/input.pdf"
            """);

        GuestAnswer answer = await GuestProgram.RunAsync("dz.Convert", _document, path);

        Assert.True(answer.Status == 0, answer.Errors);
        Assert.Equal(4, Answers.Dangerzone(answer.Output).Count);
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("exit 1")]
    [InlineData("kill -9 $$")]
    public async Task LibreOffice_without_a_result_has_failed(string script)
    {
        using var directory = new TemporaryDirectory();
        string path = Template(directory, script);

        GuestAnswer dangerzone = await GuestProgram.RunAsync("dz.Convert", _document, path);
        GuestAnswer pdfConvert = await GuestProgram.RunAsync("qubes.PdfConvert", _document, path);

        Assert.Equal((148, 1), (dangerzone.Status, pdfConvert.Status));
        Assert.Empty(dangerzone.Output);
    }

    [Fact]
    public async Task What_LibreOffice_writes_never_gets_into_the_answer()
    {
        using var directory = new TemporaryDirectory();
        string path = Template(directory, "echo convert input; exit 1");

        Assert.Empty((await GuestProgram.RunAsync("dz.Convert", _document, path)).Output);
    }

    private static string Template(TemporaryDirectory directory, string script)
    {
        string soffice = directory.File("soffice");
        File.WriteAllText(soffice, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(soffice, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return directory.WithOnly("pdfinfo", "pdftoppm");
    }
}
