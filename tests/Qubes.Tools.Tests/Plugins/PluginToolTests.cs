using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Plugins;

public sealed class PluginToolTests : BenchTests
{
    private const string Active =
        """{"name":"One","state":"active","version":"1.0","sdk":"0.1","description":"does things","shipped":true,"folder":"/p/One","requires":["Zero"],"reload":"beside","generation":2,"faults":3,"leftovers":["generation 1 is still in memory"],"later":true}""";

    private const string Broken =
        """{"name":"Two","state":"malfunctioned","version":"","sdk":"","description":"","shipped":false,"folder":"/l/Two","requires":[],"reload":"beside","generation":0,"faults":0,"reason":"no \u001b[1massembly","leftovers":[]}""";

    [Fact]
    public async Task The_list_is_a_row_for_each_and_a_line_for_what_is_wrong()
    {
        Server.Ok("admin.plugin.List+", "dom0", Active + "\n" + Broken + "\n");
        var result = await Bench.RunAsync("qubes-plugin", "list");
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, 5), (result.Code, lines.Length));
        Assert.Equal(["One", "active", "1.0", "0.1", "beside", "3", "does", "things"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("One: generation 1 is still in memory", lines[3]);
        Assert.StartsWith("Two: no ", lines[4], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
    }

    [Fact]
    public async Task Json_is_handed_on_as_it_came()
    {
        Server.Ok("admin.plugin.List+One", "dom0", Active + "\n");
        Assert.Equal(Active + "\n", (await Bench.RunAsync("qubes-plugin", "list", "--json", "One")).Output);
    }

    [Fact]
    public async Task Info_names_everything()
    {
        Server.Ok("admin.plugin.List+One", "dom0", Active + "\n");
        var output = (await Bench.RunAsync("qubes-plugin", "info", "One")).Output;
        Assert.All(["/p/One", "Zero", "shipped with the program", "generation 1 is still"], part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("enable", "Enable", Active, 0)]
    [InlineData("reload", "Reload", Broken, 1)]
    [InlineData("disable", "Disable", Active, 1)]
    public async Task A_change_succeeds_when_the_plugin_is_as_it_was_to_be(string command, string method, string answer, int code)
    {
        Server.Ok($"admin.plugin.{method}+One", "dom0", answer + "\n");
        Assert.Equal(code, (await Bench.RunAsync("qubes-plugin", command, "One")).Code);
    }

    [Fact]
    public async Task Logs_are_the_last_lines()
    {
        Server.Ok("admin.plugin.Log+One", "dom0", "first\nsecond\nthird\n");
        Assert.Equal("second\nthird\n", (await Bench.RunAsync("qubes-plugin", "logs", "-n", "2", "One")).Output);
    }

    [Fact]
    public async Task A_sound_plugin_is_verified_without_a_daemon()
    {
        var folder = Folder("""{ "name": "Probe", "version": "1.0", "sdk": "0.1", "assembly": "Qubes.TestPlugins.Probe.dll" }""");
        var result = await Bench.RunAsync("qubes-plugin", "verify", folder, Path.Combine(folder, "Qubes.TestPlugins.Probe.dll"));
        Assert.Equal((0, 2), (result.Code, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.StartsWith("Probe 1.0: no mistakes, for SDK 0.1\n", result.Output, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("""{ "name": "Probe", "version": "1.0", "sdk": "9.1", "assembly": "Qubes.TestPlugins.Probe.dll" }""", "it is built for SDK 9.1")]
    [InlineData("""{ "name": "Probe", "version": "1.0", "sdk": "0.1", "assembly": "Qubes.TestPlugins.Private.dll" }""", "has 0 public subclasses of QubesPlugin")]
    [InlineData("""{ "name": "Other", "version": "1.0", "sdk": "0.1", "assembly": "Qubes.TestPlugins.Probe.dll" }""", "must be the name of the folder, Probe")]
    public async Task What_is_wrong_is_told(string manifest, string reason)
    {
        var result = await Bench.RunAsync("qubes-plugin", "verify", Folder(manifest));
        Assert.Equal(1, result.Code);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_dependency_is_named()
    {
        var folder = Folder("""{ "name": "Probe", "version": "1.0", "sdk": "0.1", "assembly": "Qubes.TestPlugins.Probe.dll" }""");
        File.Delete(Path.Combine(folder, "Qubes.TestPlugins.Private.dll"));
        Assert.Contains("needs Qubes.TestPlugins.Private 7.0.0.0, which neither", (await Bench.RunAsync("qubes-plugin", "verify", folder)).Error, StringComparison.Ordinal);
    }

    // …/out/build/bin/PROJECT/release/
    private string Folder(string manifest)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var built = Path.GetFullPath(Path.Combine(own, "..", "..", "Qubes.TestPlugins.Probe", Path.GetFileName(own)));
        var folder = Directory.CreateDirectory(Path.Combine(Bench.Root, "Probe")).FullName;
        foreach (var file in Directory.EnumerateFiles(built, "*.dll"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "plugin.json"), manifest);
        return folder;
    }
}
