using System.Buffers;

namespace Qubes.Policy.Loading;

/// <summary>Which files of a directory are policy, and in which order (spec: policy, sections 1 and 8).</summary>
internal static class PolicyFileNames
{
    private const string Suffix = ".policy";

    private static readonly SearchValues<char> InName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<char> InLegacyName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-._");

    private static readonly string[] LeftOver = [".rpmsave", ".rpmnew", ".swp"];

    /// <summary>The names that count, in no order.</summary>
    /// <exception cref="PolicyLoadException">One that counts has a character outside the set.</exception>
    public static List<string> Select(string directory, IEnumerable<string> names)
    {
        List<string> selected = [.. names.Where(name => name.EndsWith(Suffix, StringComparison.Ordinal) && name[0] != '.')];
        // The first by order, so that the same mistake is always told the same.
        string? bad = selected.Where(name => name.AsSpan().ContainsAnyExcept(InName)).Min(StringComparer.Ordinal);
        return bad is null ? selected : throw new PolicyLoadException(
            Path.Combine(directory, bad), null, "the name of a policy file may only hold a-z 0-9 _ . and -; rename or remove it");
    }

    /// <summary>The names in the directory of R4.0 that count, cut and in order: a file for all arguments after those for one.</summary>
    public static IEnumerable<(string Name, string Service, string Argument)> SelectLegacy(IEnumerable<string> names) => names
        .Where(name => name[0] != '.' && !name.AsSpan().ContainsAnyExcept(InLegacyName)
            && !LeftOver.Any(left => name.EndsWith(left, StringComparison.Ordinal)))
        .Select(name => (Name: name, Cut: Language.ServiceNames.Cut(name, PolicyWords.Any)))
        .Select(file => (file.Name, file.Cut.Service, file.Cut.Argument))
        .OrderBy(file => file.Service, StringComparer.Ordinal)
        .ThenBy(file => file.Argument == PolicyWords.Any)
        .ThenBy(file => file.Argument, StringComparer.Ordinal);
}
