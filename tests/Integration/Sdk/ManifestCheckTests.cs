using Qubes.Testbed;

namespace Qubes.Integration.Tests.Sdk;

/// <summary>What the package Qubes.Sdk says of a wrong manifest when a plugin is built.</summary>
[Collection(Strangers.Name)]
public sealed class ManifestCheckTests : IDisposable
{
    private const string Good = """{ "name": "Good", "version": "1.0", "sdk": "0.1", "assembly": "Good.dll", "description": "a \"good\" one; 100%", "requires": ["Qrexec"], "settings": [], "reload": "restart" }""";

    private static readonly (string Manifest, string Says)[] Cases =
    [
        (Good, ""),
        ("""{ "name": "9to5", "version": "1.0", "sdk": "0.1", "assembly": "Good.dll" }""", "QUBES002"),
        ("""{ "name": "Good", "version": "one", "sdk": "0.1", "assembly": "Good.dll" }""", "QUBES003"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "1", "assembly": "Good.dll" }""", "QUBES004"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "0.9", "assembly": "Good.dll" }""", "\"sdk\" is 0.9, but the package Qubes.Sdk is of 0.1"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "7.0", "assembly": "Good.dll" }""", "QUBES005"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "0.1", "assembly": "Goof.dll" }""", "\"assembly\" is 'Goof.dll', but this project makes Good.dll"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "0.1", "assembly": "Good.dll", "colour": "red" }""", "this is not understood: '{\"colour\":\"red\"}'"),
        ("""{ "name": "Good", "version": "1.0", "sdk": "0.1", "assembly": "Good.dll" """, "QUBES001"),
        ("", "QUBES001"),
    ];

    private readonly Stranger stranger = new();

    public void Dispose() => stranger.Dispose();

    [Fact]
    public async Task A_wrong_manifest_is_one_error_that_says_what_would_be_right()
    {
        var build = Repository.Root + "/sdk/Qubes.Sdk/build/Qubes.Sdk";
        for (var i = 0; i < Cases.Length; i++)
        {
            var folder = Directory.CreateDirectory($"{stranger.Place}/case{i}").FullName;
            await File.WriteAllTextAsync(folder + "/plugin.json", Cases[i].Manifest);
            await File.WriteAllTextAsync(folder + "/case.proj",
                $"""<Project><PropertyGroup><TargetFileName>Good.dll</TargetFileName></PropertyGroup><Import Project="{build}.props" /><Import Project="{build}.targets" /></Project>""");
        }
        await File.WriteAllTextAsync(stranger.Place + "/all.proj",
            """<Project><ItemGroup><Case Include="case*/case.proj" /></ItemGroup><Target Name="All"><MSBuild Projects="@(Case)" Targets="CheckQubesPlugin" ContinueOnError="true" /></Target></Project>""");

        var (_, output) = await stranger.RunAsync("dotnet msbuild all.proj -nologo");

        var errors = output.Split('\n').Where(l => l.Contains(": error QUBES", StringComparison.Ordinal)).Distinct().ToArray();
        for (var i = 0; i < Cases.Length; i++)
        {
            var said = errors.Where(e => e.Contains($"/case{i}/", StringComparison.Ordinal)).ToArray();
            if (Cases[i].Says.Length == 0)
                Assert.Empty(said);
            else
                Assert.Contains(Cases[i].Says, Assert.Single(said), StringComparison.Ordinal);
        }
    }
}
