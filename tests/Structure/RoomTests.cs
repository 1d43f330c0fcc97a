namespace Qubes.Structure.Tests;

/// <summary>Small rooms: what a reader can take in at one sitting.</summary>
public sealed class RoomTests
{
    private const int Longest = 500;

    private static readonly string[] NamesThatSayNothing = ["Helpers", "Utils", "Utilities", "Common", "Misc", "Models", "Services"];

    [Fact]
    public void No_file_is_longer_than_one_sitting()
    {
        var tooLong = SourceTree.Sources
            .Select(path => (path, lines: File.ReadLines(Path.Combine(BuiltAssemblies.Repository, path)).Count()))
            .Where(file => file.lines > Longest);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_folder_is_named_after_nothing()
    {
        var folders = SourceTree.Sources.SelectMany(path => Path.GetDirectoryName(path)!.Split('/')).Distinct();

        Assert.Empty(folders.Intersect(NamesThatSayNothing));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(BuiltAssemblies.Repository, "Qubes.Extensible.sln")).Replace('\\', '/');

        Assert.DoesNotContain(SourceTree.Projects, project =>
            !project.StartsWith("tests/Plugins/", StringComparison.Ordinal) && !solution.Contains(project, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_plugin_carries_a_manifest()
    {
        var plugins = SourceTree.Projects.Where(p => Path.GetFileName(p).StartsWith("Qubes.Plugins.", StringComparison.Ordinal) &&
            p.StartsWith("plugins/", StringComparison.Ordinal));

        Assert.DoesNotContain(plugins, p => !File.Exists(Path.Combine(BuiltAssemblies.Repository, Path.GetDirectoryName(p)!, "plugin.json")));
    }
}
