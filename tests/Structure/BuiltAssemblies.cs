namespace Qubes.Structure.Tests;

/// <summary>Every assembly that the solution's projects outside of tests compile to, by name.</summary>
internal static class BuiltAssemblies
{
    public static string Repository { get; } = FindRepository();

    public static IReadOnlyDictionary<string, string> All { get; } = Find();

    private static Dictionary<string, string> Find()
    {
        var assemblies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var project in SourceTree.Projects.Where(p => !p.StartsWith("tests/", StringComparison.Ordinal)))
        {
            var name = AssemblyName(project);
            var folder = Path.Combine(Repository, "out/build/bin", Path.GetFileNameWithoutExtension(project));
            var newest = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, name + ".dll", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)
                : null;
            assemblies.Add(name, newest ?? throw new FileNotFoundException($"{project} is not built: run ./build.sh build"));
        }
        return assemblies;
    }

    private static string AssemblyName(string project)
    {
        var xml = System.Xml.Linq.XDocument.Load(Path.Combine(Repository, project));
        return xml.Descendants("AssemblyName").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(project);
    }

    private static string FindRepository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Qubes.Extensible.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the tests do not run below the repository");
    }
}
