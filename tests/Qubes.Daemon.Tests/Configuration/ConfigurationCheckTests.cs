using Microsoft.Extensions.Configuration;
using Qubes.Daemon.Configuration;
using Qubes.Kernel.Plugins;
using Qubes.Sdk.Plugins;

namespace Qubes.Daemon.Tests.Configuration;

public sealed class ConfigurationCheckTests
{
    [Theory]
    [InlineData("qubesd:hypervisor")]
    [InlineData("QUBESD:Debug")]
    [InlineData("Strict:size")]
    [InlineData("strict:SIZE")]
    [InlineData("Silent:anything")]
    [InlineData("Disabled:anything")]
    public void What_somebody_reads_is_not_complained_about(string key) => Assert.Empty(Complaints(key));

    [Theory]
    [InlineData("Strikt:size", "section [Strikt] is of no installed plugin")]
    [InlineData("Strict:sise", "[Strict] has no setting sise; it has: size")]
    [InlineData("qubesd:hipervisor", "[qubesd] has no setting hipervisor; it has: hypervisor, debug")]
    [InlineData("size", "size stands before the first section; settings belong to [qubesd] or a plugin")]
    public void What_nobody_reads_is(string key, string complaint) => Assert.Equal([complaint], Complaints(key));

    private static IEnumerable<string> Complaints(string key) => ConfigurationCheck.Complaints(
        new ConfigurationBuilder().AddInMemoryCollection([new(key, "value")]).Build(),
        [
            new(new("/Strict", IsShipped: true), PluginState.Active, "", new("Strict", "1", "0.1", "a.dll", Settings: ["size"])),
            new(new("/Silent", IsShipped: true), PluginState.Active, "", new("Silent", "1", "0.1", "a.dll")),
            new(new("/Disabled", IsShipped: true), PluginState.Disabled, "no preset", Manifest: null),
        ]);
}
