namespace Qubes.Convert.Guest.Raster;

/// <summary>Refuses pages and page counts that no caller accepts, before they are rendered.</summary>
internal static class PageGuard
{
    private const double PointsPerInch = 72;

    /// <summary>Checks a page's size in points, as it will stand after rotation.</summary>
    public static void CheckPoints(int page, double width, double height, int dpi)
    {
        CheckSide(page, Pixels(page, width, dpi), Pixels(page, height, dpi));
    }

    /// <summary>Checks a page's size in pixels.</summary>
    public static void CheckSide(int page, int width, int height)
    {
        if (width > Limits.PageSide)
            throw new ConversionException(ConversionStatus.PageTooWide, TooLarge(page, "wide"));
        if (height > Limits.PageSide)
            throw new ConversionException(ConversionStatus.PageTooHigh, TooLarge(page, "high"));
    }

    /// <summary>Checks a document's number of pages.</summary>
    public static void CheckCount(int pages)
    {
        if (pages < 1)
            throw new ConversionException(ConversionStatus.NoPageCount, "the document has no pages");
        if (pages > Limits.Pages)
            throw new ConversionException(ConversionStatus.TooManyPages, $"over {Limits.Pages} pages refused");
    }

    private static int Pixels(int page, double points, int dpi)
    {
        if (!double.IsFinite(points))
            throw new ConversionException(ConversionStatus.PageTrouble, $"page {page} has no size");
        return (int)Math.Min(Math.Ceiling(Math.Abs(points) * dpi / PointsPerInch), int.MaxValue);
    }

    private static string TooLarge(int page, string direction) =>
        $"page {page} is over {Limits.PageSide} pixels {direction} at this resolution, which is the most accepted";
}
