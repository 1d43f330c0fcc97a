namespace Qubes.Testbed;

/// <summary>Where the programs under test are.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string Samples => Root + "/plugins/FileConversion/samples";

    public static string Program(string name)
    {
        var path = $"{Root}/out/bin/{name}";
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built: run ./build.sh build");
    }

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(at.FullName + "/Qubes.Extensible.sln"))
            at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the tests do not run below the repository");
    }
}
