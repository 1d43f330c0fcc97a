namespace Qubes.Integration.Tests.Sdk;

[Collection(Strangers.Name)]
public sealed class TemplateTests : IDisposable
{
    private readonly Stranger stranger = new();

    public void Dispose() => stranger.Dispose();

    [Fact]
    public async Task What_is_made_bears_the_name_that_it_was_given_as_far_as_the_language_allows()
    {
        var (code, output) = await stranger.RunAsync(
            """
            dotnet new install "$PACKAGES"/Qubes.Templates.*.nupkg
            dotnet new qubes-policy -n late-evenings
            dotnet new qubes-plugin -n acme-notes.v2
            """);

        Assert.True(code == 0, output);
        // One file, not one in a folder of its own.
        Assert.Contains("Policy(\"late-evenings\", view =>", Read("late-evenings.csx"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"acme-notes.v2\"", Read("acme-notes.v2/src/plugin.json"), StringComparison.Ordinal);
        var plugin = Read("acme-notes.v2/src/acme-notes.v2Plugin.cs");
        Assert.Contains("namespace acme_notes.v2;", plugin, StringComparison.Ordinal);
        Assert.Contains("public sealed class acme_notes_v2Plugin", plugin, StringComparison.Ordinal);
        // Packages come from where it is configured, unless the template is told otherwise.
        Assert.False(File.Exists(stranger.Place + "/acme-notes.v2/nuget.config"));
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(stranger.Place, file));
}
