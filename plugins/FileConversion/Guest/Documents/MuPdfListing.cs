using System.Globalization;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Documents;

/// <summary>
/// Reads the list of <c>mutool pages</c>, and before it perhaps a count of <c>mutool show</c>:
/// <code>
/// list = [ n LF ] name ':' LF { page }
/// page = '&lt;page pagenum="' n '">' LF  ( { box | rotate | unit | other } | 'Failed to gather information' text LF )  '&lt;/page>' LF
/// box  = '&lt;' ( 'MediaBox' | 'CropBox' ) ' l="' n '" b="' n '" r="' n '" t="' n '" />' LF     in points
/// unit = '&lt;UserUnit v="' n '" />' LF
/// </code>
/// Either box is checked as if it were the page, since which one counts is the renderer's matter; a turned page is
/// refused the same way whichever of its sides is too long.
/// </summary>
internal sealed class MuPdfListing(int dpi) : IPageListing
{
    private int _pages;
    private double _width;
    private double _height;
    private double _unit;
    private bool _turned;

    public void Take(string line)
    {
        if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int announced))
            PageGuard.CheckCount(announced);
        string[] parts = line.Split('"');
        if (line.StartsWith("Failed to gather information", StringComparison.Ordinal))
            throw new ConversionException(ConversionStatus.DamagedDocument, "the PDF is damaged: its pages cannot be listed");
        switch (parts[0])
        {
            case "<page pagenum=":
                CheckPage();
                PageGuard.CheckCount(++_pages);
                (_width, _height, _unit, _turned) = (0, 0, 1, false);
                break;
            case "<MediaBox l=" or "<CropBox l=" when parts.Length >= 8:
                double width = Math.Abs(Number(parts[5]) - Number(parts[1]));
                double height = Math.Abs(Number(parts[7]) - Number(parts[3]));
                // The crop box, which comes second, cuts the media box.
                _width = _width > 0 ? Math.Min(_width, width) : width;
                _height = _height > 0 ? Math.Min(_height, height) : height;
                break;
            case "<Rotate v=" when parts.Length >= 2:
                _turned = Number(parts[1]) % 180 != 0;
                break;
            case "<UserUnit v=" when parts.Length >= 2:
                _unit = Number(parts[1]);
                break;
        }
    }

    public int Finish()
    {
        CheckPage();
        PageGuard.CheckCount(_pages);
        return _pages;
    }

    private void CheckPage()
    {
        if (_pages > 0)
            PageGuard.CheckPoints(_pages, (_turned ? _height : _width) * _unit, (_turned ? _width : _height) * _unit, dpi);
    }

    private double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new ConversionException(ConversionStatus.PageTrouble, $"page {_pages} has no size");
}
