using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qubes.Structure.Tests;

/// <summary>What plugins that ship say of themselves.</summary>
public sealed partial class ManifestTests
{
    private static readonly string[] Folders = [.. Directory.GetFiles(Path.Combine(BuiltAssemblies.Repository, "plugins"), "plugin.json", SearchOption.AllDirectories)
        .Select(path => Path.GetDirectoryName(path)!)];

    public static TheoryData<string> Plugins => [.. Folders.Select(folder => Path.GetFileName(folder)!)];

    /// <summary>Or a setting that is misspelt is taken for one that nobody wanted to change.</summary>
    [Theory]
    [MemberData(nameof(Plugins))]
    public void A_plugin_says_which_settings_it_has_and_reads_no_other(string plugin)
    {
        var folder = Folders.Single(f => Path.GetFileName(f) == plugin);
        using var manifest = JsonDocument.Parse(File.ReadAllText(folder + "/plugin.json"));
        var said = manifest.RootElement.GetProperty("settings").EnumerateArray().Select(s => s.GetString()!).ToHashSet();
        var code = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();

        Assert.All(said, setting => Assert.Contains(code, text => text.Contains($"\"{setting}\"", StringComparison.Ordinal)));
        var read = code.Where(text => text.Contains("IConfiguration", StringComparison.Ordinal)).SelectMany(text => Reading().Matches(text)).Select(m => m.Groups[1].Value);
        Assert.Empty(read.Except(said));
    }

    [GeneratedRegex("(?:section|settings|configuration)(?:\\[|, )\"([a-z0-9_-]+)\"")]
    private static partial Regex Reading();
}
