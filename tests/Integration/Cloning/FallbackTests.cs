using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>When disposables are copies, when they boot instead, and that preloads are made the same way.</summary>
[Collection(RealMachines.Name)]
public sealed class FallbackTests(DisposableHost host) : IAsyncLifetime
{
    private const string Template = "fallback-dvm";
    private readonly ClonedQubes qubes = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public async Task InitializeAsync()
    {
        await qubes.AddAsync(Template, []);
        await Daemon.FreezeAsync(Template);
    }

    public async Task DisposeAsync()
    {
        await SetAsync("preload-dispvm-max", "0");
        await qubes.RemoveAsync(Template);
    }

    [Fact]
    public async Task A_template_that_refuses_copies_has_none()
    {
        Assert.True(await Daemon.IsCopiedAsync(Template));
        await SetAsync("disposable-clone", "0");
        Assert.False(await Daemon.IsCopiedAsync(Template));
        await SetAsync("disposable-clone", "");
        Assert.False(await Daemon.IsCopiedAsync(Template));
    }

    [Fact]
    public async Task After_a_change_of_the_template_the_next_is_booted_and_those_after_another_freeze_are_copies_with_the_change()
    {
        const string look = "cat /rw/changed; " + MemoryTemplates.BootedAs;
        await qubes.ChangeAsync(Template, "echo changed >/rw/changed");

        Assert.Matches("^changed\nqubes.name=disp[0-9]+\n$", await qubes.RunAsync(Template, look));
        await Daemon.FreezeAsync(Template);

        Assert.Equal("changed\n" + MemoryTemplates.Copied, await qubes.RunAsync(Template, look));
    }

    [Fact]
    public async Task Memory_that_is_not_shared_serves_as_well()
    {
        await SetAsync("disposable-clone", "private");
        await Daemon.FreezeAsync(Template);
        Assert.True(await Daemon.IsCopiedAsync(Template));
    }

    [Theory]
    [InlineData("1", MemoryTemplates.Copied)]
    [InlineData("", "qubes.name=NAME\n")]
    public async Task Preloads_are_copies_unless_their_template_has_them_booted(string feature, string bootedAs)
    {
        await SetAsync("preload-dispvm-clone", feature);
        await SetAsync("preload-dispvm-max", "1");
        var name = Assert.Single(await ClonedQubes.UntilAsync(() => qubes.DisposablesAsync("Paused"), paused => paused.Count == 1));

        var said = await qubes.RunAsync(Template, "cat /proc/sys/kernel/hostname; " + MemoryTemplates.BootedAs);

        Assert.Equal($"{name}\n{bootedAs.Replace("NAME", name, StringComparison.Ordinal)}", said);
        await SetAsync("preload-dispvm-max", "0");
        await ClonedQubes.UntilAsync(() => qubes.DisposablesAsync(), left => left.Count == 0);
    }

    private async Task SetAsync(string feature, string value) => (await Daemon.RunAsync("qvm-features", Template, feature, value)).Succeeded();
}
