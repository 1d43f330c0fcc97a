namespace Qubes.Convert.Guest.Calls;

/// <summary>How a service writes its numbers; the pixels between them are the same for all.</summary>
internal interface IPageWire
{
    /// <summary>Writes the number of pages, 1–10000; once, first.</summary>
    void WritePageCount(Stream output, int pages);

    /// <summary>Writes the size of the page that follows, in pixels, each side 1–10000.</summary>
    void WritePageSize(Stream output, int width, int height);
}
