using System.Text.RegularExpressions;

namespace Qubes.Plugins.Templates.Recipes;

/// <summary>How the words of a recipe are spelt. Each ends up as an argument or a path, so none can start with a dash or a dot.</summary>
internal static partial class RecipeSyntax
{
    public static bool Name(string text) => NamePattern().IsMatch(text);

    public static bool Suite(string text) => SuitePattern().IsMatch(text);

    public static bool Package(string text) => PackagePattern().IsMatch(text);

    public static bool Service(string text) => ServicePattern().IsMatch(text);

    public static bool User(string text) => UserPattern().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,26}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,30}\z")]
    private static partial Regex SuitePattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]{1,99}(?<!-)\z")]
    private static partial Regex PackagePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex ServicePattern();

    [GeneratedRegex(@"\A[a-z][a-z0-9_-]{0,30}\z")]
    private static partial Regex UserPattern();
}
