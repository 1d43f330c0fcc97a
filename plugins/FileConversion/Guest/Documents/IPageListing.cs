namespace Qubes.Convert.Guest.Documents;

/// <summary>Understands a page lister's output line by line, and refuses what is too large as soon as it is said.</summary>
internal interface IPageListing
{
    /// <summary>Takes the next line.</summary>
    /// <exception cref="ConversionException">A page, or their number, is refused.</exception>
    void Take(string line);

    /// <summary>Ends the list.</summary>
    /// <returns>Pages, 1–10000.</returns>
    /// <exception cref="ConversionException">A page, or their number, is refused.</exception>
    int Finish();
}
