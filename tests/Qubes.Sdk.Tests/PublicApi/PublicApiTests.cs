using System.Reflection;
using System.Runtime.CompilerServices;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Plugins;

namespace Qubes.Sdk.Tests.PublicApi;

/// <summary>What others compile against, as text beside its project, so that a change to it shows in review.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "QUBES_ACCEPT_API=1 dotnet test tests/Qubes.Sdk.Tests -c Release";

    public static TheoryData<string> Assemblies => ["Qubes.Sdk", "Qubes.Sdk.Testing"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public async Task The_public_interface_is_what_was_reviewed(string name)
    {
        Assembly[] both = [typeof(QubesPlugin).Assembly, typeof(PluginTestHost).Assembly];
        var now = PublicInterface.Of(both.Single(a => a.GetName().Name == name));
        var snapshot = Path.Combine(Repository(), "sdk", name, "PublicApi.txt");
        if (Environment.GetEnvironmentVariable("QUBES_ACCEPT_API") == "1")
            await File.WriteAllLinesAsync(snapshot, now);

        var reviewed = await File.ReadAllLinesAsync(snapshot);

        string[] differences = [.. now.Except(reviewed).Select(l => "+ " + l.Trim()), .. reviewed.Except(now).Select(l => "- " + l.Trim())];
        Assert.True(now.SequenceEqual(reviewed),
            $"the public interface of {name} has changed ({string.Join("; ", differences.Take(5))}); if that is meant, run: {Accept}");
    }

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));
}
