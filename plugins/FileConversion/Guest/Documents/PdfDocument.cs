using System.Text;
using Qubes.Convert.Guest.Processes;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Documents;

/// <summary>
/// Renders a PDF with poppler's <c>pdftoppm</c>, or with MuPDF's <c>mutool</c> where the template has that: under emulation it
/// starts and renders four to five times as fast, but sets text a fraction of a pixel elsewhere. One process renders all pages.
/// </summary>
internal static class PdfDocument
{
    /// <summary>Longest line of a page list, in characters; a longer one is cut.</summary>
    private const int LongestLine = 512;

    public static RenderedDocument Open(RenderRequest request, string path)
    {
        IPdfTool tool = ToolProcess.Find(MuPdf.Program) is null ? new Poppler() : new MuPdf();
        int pages = CountPages(tool, request, path);
        var renderer = ToolProcess.Start(
            request.Workspace, tool.Renderer, tool.Render(path, request.Dpi, request.Password), Limits.ToolAddressSpace);
        return new RenderedDocument(pages, renderer, PpmHeader.Read, () => null);
    }

    private static int CountPages(IPdfTool tool, RenderRequest request, string path)
    {
        IPageListing listing = tool.NewListing(request.Dpi);
        foreach (IReadOnlyList<string> arguments in tool.ListPages(path, new FileInfo(path).Length, request.Password))
        {
            using var lister = ToolProcess.Start(request.Workspace, tool.Lister, arguments, Limits.ToolAddressSpace);
            using var text = new StreamReader(lister.Output);
            while (ReadLine(text) is { } line)
                listing.Take(line);
            if (!lister.Succeeded())
                throw new ConversionException(ConversionStatus.DamagedDocument,
                    "the PDF is damaged, or encrypted with another password than was given");
        }

        return listing.Finish();
    }

    private static string? ReadLine(StreamReader text)
    {
        if (text.EndOfStream)
            return null;
        var line = new StringBuilder();
        for (int next = text.Read(); next >= 0 && next != '\n'; next = text.Read())
        {
            if (line.Length < LongestLine)
                line.Append((char)next);
        }

        return line.ToString();
    }
}
