using System.Globalization;
using System.Text;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>Text that a client chose, for logs: cut at 200 characters, everything but printable ASCII escaped.</summary>
internal readonly struct UntrustedText(string text)
{
    private const int MaxLength = 200;

    public override string ToString()
    {
        var shown = new StringBuilder();
        foreach (char c in text.Length > MaxLength ? text.AsSpan(0, MaxLength) : text)
        {
            if (c is >= ' ' and <= '~' and not '\\')
                shown.Append(c);
            else
                shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
        return shown.Append(text.Length > MaxLength ? "..." : "").ToString();
    }
}
