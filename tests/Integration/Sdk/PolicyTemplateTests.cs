namespace Qubes.Integration.Tests.Sdk;

[Collection(Strangers.Name)]
public sealed class PolicyTemplateTests : IDisposable
{
    private readonly Stranger stranger = new();

    public void Dispose() => stranger.Dispose();

    [Fact]
    public async Task A_new_policy_is_one_script_that_bears_its_name()
    {
        var (code, output) = await stranger.RunAsync(
            """
            dotnet new install "$PACKAGES"/Qubes.Templates.*.nupkg
            dotnet new qubes-policy -n evenings
            """);

        Assert.True(code == 0, output);
        Assert.Equal(["evenings.csx"], Directory.EnumerateFiles(stranger.Place).Select(Path.GetFileName));
        Assert.Contains("Policy(\"evenings\", view =>", await File.ReadAllTextAsync(stranger.Place + "/evenings.csx"), StringComparison.Ordinal);
    }
}
