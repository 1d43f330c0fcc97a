namespace Qubes.Structure.Tests;

/// <summary>The files of the repository, without what is built.</summary>
internal static class SourceTree
{
    private static readonly string[] Roots = ["core", "plugins", "sdk", "tests"];

    // What others start from, or would build: against packages, not in this solution.
    private static readonly string[] Others = ["sdk/templates/", "sdk/samples/"];

    /// <summary>Paths of all project files of the solution, relative to the repository.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files("*.csproj").Where(p => !Others.Any(folder => p.StartsWith(folder, StringComparison.Ordinal)))];

    /// <summary>Paths of all C# files, relative to the repository.</summary>
    public static IReadOnlyList<string> Sources { get; } = [.. Files("*.cs")];

    private static IEnumerable<string> Files(string pattern) => Roots
        .SelectMany(root => Directory.EnumerateFiles(
            Path.Combine(BuiltAssemblies.Repository, root), pattern, SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(BuiltAssemblies.Repository, path))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));
}
