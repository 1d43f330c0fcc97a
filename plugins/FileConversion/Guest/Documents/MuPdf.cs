using System.Globalization;

namespace Qubes.Convert.Guest.Documents;

/// <summary>MuPDF's <c>mutool</c> (Debian: mupdf-tools).</summary>
internal sealed class MuPdf : IPdfTool
{
    public const string Program = "mutool";
    private const int LeastBytesOfPage = 64;

    public string Renderer => Program;

    public string Lister => Program;

    /// <summary>
    /// The time it takes to list pages grows with the square of their number, so a file that could well hold too many is
    /// first asked how many it says it has.
    /// </summary>
    public IEnumerable<IReadOnlyList<string>> ListPages(string path, long length, string? password)
    {
        if (length > Limits.Pages * LeastBytesOfPage)
            yield return ["show", .. Password(password), path, "trailer/Root/Pages/Count"];
        yield return ["pages", .. Password(password), path, string.Create(CultureInfo.InvariantCulture, $"1-{Limits.Pages + 1}")];
    }

    public IReadOnlyList<string> Render(string path, int dpi, string? password) =>
        ["draw", "-q", "-F", "ppm", "-o", "-", "-r", dpi.ToString(CultureInfo.InvariantCulture), .. Password(password), path];

    public IPageListing NewListing(int dpi) => new MuPdfListing(dpi);

    // The tool takes a password no other way; nobody else lives in the disposable who could see it.
    private static string[] Password(string? password) => password is null ? [] : ["-p", password];
}
