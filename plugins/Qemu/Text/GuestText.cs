using System.Text;

namespace Qubes.Plugins.Qemu.Text;

/// <summary>Makes text that a guest may have chosen safe for logs, terminals and messages.</summary>
internal static class GuestText
{
    private const int MaximumLength = 400;

    /// <summary>One line of printable ASCII, cut at 400 characters; everything else is <c>\xHH</c> or <c>\uHHHH</c>.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text.AsSpan().Trim())
        {
            if (result.Length >= MaximumLength)
                return result.Append("...").ToString();
            if (c is >= ' ' and <= '~' and not '\\')
                result.Append(c);
            else if (c is '\r' or '\n')
                result.Append(result.Length > 0 && result[^1] == ' ' ? "" : " ");
            else
                result.Append(c <= 0xff ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}");
        }
        return result.ToString();
    }
}
