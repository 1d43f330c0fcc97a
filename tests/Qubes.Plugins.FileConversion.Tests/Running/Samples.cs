namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>The documents in <c>plugins/FileConversion/samples</c>.</summary>
internal static class Samples
{
    public static string Report { get; } = PathOf("report.pdf");

    public static string Picture { get; } = PathOf("picture.png");

    public static string Broken { get; } = PathOf("broken.pdf");

    private static string PathOf(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Qubes.Extensible.sln")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("the tests run outside the repository");
        return Path.Combine(directory.FullName, "plugins/FileConversion/samples", name);
    }
}
