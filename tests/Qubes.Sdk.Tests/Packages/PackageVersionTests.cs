using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qubes.Sdk.Plugins;

namespace Qubes.Sdk.Tests.Packages;

/// <summary>Versions that stand in files which others start from are those of this repository.</summary>
public sealed class PackageVersionTests
{
    private static readonly string Root = Repository();

    public static TheoryData<string> Projects =>
    [
        .. Directory.EnumerateFiles(Root + "/sdk/templates", "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Root + "/sdk/samples", "*.csproj", SearchOption.AllDirectories))
            .Select(p => Path.GetRelativePath(Root, p)),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_of_templates_and_samples_have_the_versions_of_this_repository(string project)
    {
        var pinned = XDocument.Load(Root + "/Directory.Packages.props").Descendants("PackageVersion")
            .ToDictionary(e => e.Attribute("Include")!.Value, e => e.Attribute("Version")!.Value);
        pinned["Qubes.Sdk"] = pinned["Qubes.Sdk.Testing"] = XDocument.Load(Root + "/Directory.Build.props").Descendants("Version").Single().Value;

        foreach (var reference in XDocument.Load(Path.Combine(Root, project)).Descendants("PackageReference"))
            Assert.Equal(pinned[reference.Attribute("Include")!.Value], reference.Attribute("Version")!.Value);
    }

    [Fact]
    public void The_package_says_of_which_version_the_contract_in_it_is()
    {
        var props = XDocument.Load(Root + "/sdk/Qubes.Sdk/build/Qubes.Sdk.props");

        Assert.Equal(SdkVersion.Current.ToString(2), props.Descendants("QubesSdkVersion").Single().Value);
    }

    [Theory]
    [InlineData("sdk/templates/qubes-plugin/src/plugin.json")]
    [InlineData("sdk/samples/TextConvert/src/plugin.json")]
    [InlineData("docs/plugin-guide.md")]
    public void Manifests_that_others_start_from_are_for_this_contract(string file)
    {
        var sdk = Regex.Match(File.ReadAllText(Path.Combine(Root, file)), "\"sdk\": \"([0-9.]+)\"").Groups[1].Value;

        Assert.Equal(SdkVersion.Current.ToString(2), sdk);
    }

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
