using System.Text;
using Qubes.GuestTools.Unpacking;

namespace Qubes.GuestTools.Commands;

/// <summary>Makes text that another qube may have chosen safe to show on one line.</summary>
internal static class SafeText
{
    private const int Longest = 1000;

    /// <summary>Writes what is not safe to display as <c>_</c>, and cuts off what is too long.</summary>
    public static string OneLine(string text)
    {
        var safe = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= Longest)
                return safe.Append("...").ToString();
            safe.Append(SafeCodePoints.IsSafe(rune) ? rune.ToString() : "_");
        }

        return safe.ToString();
    }
}
