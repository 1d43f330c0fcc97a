using System.IO.Enumeration;

namespace Qubes.Kernel.Plugins.Presets;

/// <summary>One line of a preset file.</summary>
/// <param name="Enable">Whether it says <c>enable</c>.</param>
/// <param name="Pattern">A plugin's name in which <c>*</c> stands for any text and <c>?</c> for one character.</param>
internal readonly record struct PresetRule(bool Enable, string Pattern)
{
    // preset  = *( line LF )
    // line    = [blank] [ comment | verb blank pattern ] [blank]
    // comment = ( "#" / ";" ) anything
    // verb    = "enable" / "disable"
    // pattern = 1*( letter / digit / "_" / "." / "-" / "*" / "?" )

    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);

    public static bool IsBlank(string line) => line.AsSpan().Trim() is [] or ['#' or ';', ..];

    public static bool TryParse(string line, out PresetRule rule)
    {
        rule = default;
        if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [("enable" or "disable") and var verb, var pattern]
            || !pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '*' or '?'))
        {
            return false;
        }
        rule = new(verb == "enable", pattern);
        return true;
    }
}
