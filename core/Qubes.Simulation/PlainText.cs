namespace Qubes.Simulation;

/// <summary>Text of unknown origin, for a terminal.</summary>
internal static class PlainText
{
    private const int Longest = 300;

    /// <summary>In one line of printable ASCII; what is none is a question mark.</summary>
    public static string Of(string text) =>
        string.Concat((text.Length > Longest ? text[..Longest] + "..." : text).Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
