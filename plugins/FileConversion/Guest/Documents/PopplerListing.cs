using System.Globalization;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Documents;

/// <summary>
/// Reads what <c>pdfinfo -f 1 -l N</c> writes; every word is followed by one or more spaces:
/// <code>
/// count = 'Pages:' n LF
/// size  = 'Page' page 'size:' width 'x' height 'pts' [ text ] LF     in points
/// turn  = 'Page' page 'rot:' degrees LF                             behind the page's size
/// </code>
/// Titles and other fields come before these and could imitate them; the last count said is the tool's own, and
/// an imitated size can only have the document refused.
/// </summary>
internal sealed class PopplerListing(int dpi) : IPageListing
{
    private int _pages;
    private double _width;
    private double _height;

    public void Take(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["Pages:", var count]:
                _pages = (int)Number(count);
                PageGuard.CheckCount(_pages);
                break;
            case ["Page", _, "size:", var width, "x", var height, ..]:
                (_width, _height) = (Number(width), Number(height));
                break;
            case ["Page", var page, "rot:", var degrees]:
                bool turned = Number(degrees) % 180 != 0;
                PageGuard.CheckPoints((int)Number(page), turned ? _height : _width, turned ? _width : _height, dpi);
                break;
        }
    }

    public int Finish()
    {
        PageGuard.CheckCount(_pages);
        return _pages;
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new ConversionException(ConversionStatus.NoPageCount, "the page list cannot be read");
}
