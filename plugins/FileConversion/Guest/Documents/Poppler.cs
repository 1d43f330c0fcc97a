using System.Globalization;

namespace Qubes.Convert.Guest.Documents;

/// <summary>Poppler's <c>pdfinfo</c> and <c>pdftoppm</c> (Debian: poppler-utils).</summary>
internal sealed class Poppler : IPdfTool
{
    public string Renderer => "pdftoppm";

    public string Lister => "pdfinfo";

    public IEnumerable<IReadOnlyList<string>> ListPages(string path, long length, string? password) =>
        [["-f", "1", "-l", Limits.Pages.ToString(CultureInfo.InvariantCulture), .. Password(password), path]];

    public IReadOnlyList<string> Render(string path, int dpi, string? password) =>
        ["-cropbox", "-r", dpi.ToString(CultureInfo.InvariantCulture), .. Password(password), path];

    public IPageListing NewListing(int dpi) => new PopplerListing(dpi);

    // The tools take a password no other way; nobody else lives in the disposable who could see it.
    private static string[] Password(string? password) => password is null ? [] : ["-upw", password];
}
