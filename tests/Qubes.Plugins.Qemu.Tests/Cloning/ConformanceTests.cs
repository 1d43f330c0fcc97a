using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Testing.Hypervisors.Conformance;

namespace Qubes.Plugins.Qemu.Tests.Cloning;

/// <summary>The driver's promises, above all those of copies, with real guests.</summary>
[Collection("guests")]
public sealed class ConformanceTests : IAsyncLifetime
{
    private readonly GuestHost guests = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await guests.DisposeAsync();

    [Fact]
    public async Task Qemu_holds_every_rule_and_leaves_nothing()
    {
        var host = new KitHost(guests);
        await new HypervisorKit(host, host).AllAsync(default);
        foreach (var parent in (string[])["/machines", "/reserve"])
            Assert.Empty(Directory.GetFileSystemEntries(guests.Paths.Runtime + parent));
        Assert.Empty(Directory.GetFileSystemEntries(guests.Paths.State + "/memory-templates"));
    }
}
