using Qubes.Testbed;

namespace Qubes.Integration.Tests.Sdk;

/// <summary>The sample of a third party's plugin, built outside of the repository against the packages, as its README says.</summary>
[Collection(Strangers.Name)]
public sealed class SampleTests : IDisposable
{
    private static readonly string Sample = Repository.Root + "/sdk/samples/TextConvert";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Stranger stranger = new();

    public void Dispose() => stranger.Dispose();

    [Fact]
    public async Task The_sample_is_built_tested_and_taken_up_as_its_readme_says()
    {
        await using var daemon = await Daemon.StartConfiguredAsync("[TextConvert]\nmost-megabytes=64\n", "--hypervisor", "simulated");
        foreach (var folder in (string[])["/usr/local/lib/qubes/plugins", "/etc/qubes/policy.d/include"])
            Directory.CreateDirectory(daemon.Root + folder);
        // What was built in place is not the stranger's.
        var (copied, complaint) = await stranger.RunAsync($"cp -r '{Sample}/.' . && rm -rf src/bin src/obj tests/bin tests/obj");
        Assert.True(copied == 0, complaint);

        var (code, output) = await stranger.RunAsync(GuideBlock.Of(Sample + "/README.md")[0].Text, daemon.Root);

        Assert.True(code == 0, output);
        Assert.DoesNotContain(": warning ", output, StringComparison.Ordinal);
        await Polling.UntilAsync(
            () => Task.FromResult(daemon.Log()), log => log.Contains("Plugin TextConvert 1.0.0 is active", StringComparison.Ordinal), Patience);
        (await LocalProgram.RunAsync("test", "-x", daemon.Root + "/usr/local/lib/qubes/plugins/TextConvert/acme-text-convert")).Succeeded();
    }
}
