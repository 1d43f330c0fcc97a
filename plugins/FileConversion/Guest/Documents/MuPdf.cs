using System.Globalization;

namespace Qubes.Convert.Guest.Documents;

/// <summary>MuPDF's <c>mutool</c> (Debian: mupdf-tools).</summary>
internal sealed class MuPdf : IPdfTool
{
    public const string Program = "mutool";

    public string Renderer => Program;

    public string Lister => Program;

    public IReadOnlyList<string> ListPages(string path, string? password) => ["pages", .. Password(password), path];

    public IReadOnlyList<string> Render(string path, int dpi, string? password) =>
        ["draw", "-q", "-F", "ppm", "-o", "-", "-r", dpi.ToString(CultureInfo.InvariantCulture), .. Password(password), path];

    public IPageListing NewListing(int dpi) => new MuPdfListing(dpi);

    // The tool takes a password no other way; nobody else lives in the disposable who could see it.
    private static string[] Password(string? password) => password is null ? [] : ["-p", password];
}
