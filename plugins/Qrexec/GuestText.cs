using System.Globalization;
using System.Text;

namespace Qubes.Plugins.Qrexec;

/// <summary>Text that a guest or client had a hand in, for logs: cut at 200 characters, all but printable ASCII escaped.</summary>
internal readonly struct GuestText(string text)
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
