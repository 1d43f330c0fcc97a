using Qubes.Convert.Guest.Documents;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Calls;

/// <summary>Sends a document page by page: the count as soon as it is known, each page while the next is being rendered.</summary>
internal static class PageSender
{
    public static void Send(RenderRequest request, IPageWire wire, Stream output)
    {
        using RenderedDocument document = DocumentOpener.Open(request);
        wire.WritePageCount(output, document.PageCount);
        for (int page = 1; page <= document.PageCount; page++)
        {
            Console.Error.WriteLine($"Converting page {page}/{document.PageCount} to pixels");
            RasterHeader header = document.NextPage(page);
            PageGuard.CheckSide(page, header.Width, header.Height);
            wire.WritePageSize(output, header.Width, header.Height);
            document.CopyPixels(header, output, PixelLayout.Rgb);
        }

        Console.Error.WriteLine("Converted document to pixels");
    }
}
