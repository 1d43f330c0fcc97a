namespace Qubes.Convert.Guest.Documents;

/// <summary>A distribution's PDF programs: one that lists pages, one that renders all of them to standard output.</summary>
internal interface IPdfTool
{
    /// <summary>The renderer; if it is installed, so is the lister.</summary>
    string Renderer { get; }

    /// <summary>The program that lists pages.</summary>
    string Lister { get; }

    /// <summary>
    /// Arguments of each run of the lister; together they say the number of pages and the sizes of as many as are accepted.
    /// </summary>
    /// <param name="length">Bytes of the file.</param>
    IEnumerable<IReadOnlyList<string>> ListPages(string path, long length, string? password);

    /// <summary>Arguments that make the renderer write all pages as portable pixmaps.</summary>
    IReadOnlyList<string> Render(string path, int dpi, string? password);

    /// <summary>A reader of what the lister writes.</summary>
    IPageListing NewListing(int dpi);
}
