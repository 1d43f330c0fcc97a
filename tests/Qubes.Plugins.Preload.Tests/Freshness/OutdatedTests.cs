using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests.Freshness;

/// <summary>Spec: preloaded disposables, section 6.1; scenarios 13.1.18, 13.4.17.</summary>
public sealed class OutdatedTests : PreloadTest
{
    [Fact]
    public async Task S13_1_18_nothing_changed_is_not_outdated()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Qubes.Find("work").Properties.Write("debug", "True"));

        Assert.Null(await ReasonAsync(name));
    }

    [Fact]
    public async Task A_private_volume_of_another_size_comes_first()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Volumes.ResizeAsync(Kernel.Qubes.Find("dvm").Volumes.First(v => v.Name == "private"), 3L << 30, default));

        Assert.Equal("volumes_size: private", await ReasonAsync(name));
    }

    [Fact]
    public async Task A_volume_that_was_committed_since_is_named()
    {
        var name = Assert.Single(await PreloadAsync(1));
        var seen = "";
        // Before the plugin acts on it.
        await Kernel.OnLoop(() => Kernel.Bus.SubscribeAsync<QubeStopped>((e, _) =>
        {
            seen = e.Qube.Name == "tmpl" ? $"{OutdatedTest.Reason(Preload(name))}" : seen;
            return Task.CompletedTask;
        }));

        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").StartAsync(default));
        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").KillAsync(default));

        Assert.Equal("volumes_outdated: root", seen);
    }

    [Theory]
    [InlineData("dvm", "debug", "True")]
    [InlineData("dvm", "memory", "700")]
    [InlineData("tmpl", "memory", "700")]
    [InlineData("tmpl", "vcpus", "1")]
    [InlineData("tmpl", "kernelopts", "quiet")]
    [InlineData("dvm", "label", "red")]
    public async Task S13_1_18_a_setting_that_changed_is_named_inherited_or_not(string where, string property, string value)
    {
        var name = Assert.Single(await PreloadAsync(1));

        var reason = await Kernel.OnLoop(() =>
        {
            // In the same turn, so that it has not gone yet.
            var preload = Preload(name);
            Kernel.Qubes.Find(where).Properties.Write(property, value);
            return $"{OutdatedTest.Reason(preload)}";
        });

        Assert.StartsWith("properties: ", reason, StringComparison.Ordinal);
        Assert.Contains(property, reason);
    }

    [Fact]
    public async Task A_setting_that_somebody_changed_on_the_preload_itself_counts_too()
    {
        var name = Assert.Single(await PreloadAsync(1));

        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).Properties.Write("debug", "True"));

        Assert.Equal("properties: debug", await ReasonAsync(name));
        Assert.NotEqual(name, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task R9_one_that_was_requested_is_not_taken_away_from_its_caller()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        var name = Assert.Single(await PreloadAsync(1));
        var request = Kernel.AcquireAsync();
        await Kernel.SettleAsync();

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Write("debug", "True"));
        await Kernel.PassAsync(6);

        Assert.Equal(name, (await request).Name);
    }

    [Fact]
    public async Task What_was_recorded_outlives_a_restart()
    {
        var name = Assert.Single(await PreloadAsync(1));
        Kernel = await Kernel.CrashAsync();
        Assert.Null(await ReasonAsync(name));

        var reason = await Kernel.OnLoop(() =>
        {
            var preload = Preload(name);
            Kernel.Qubes.Find("tmpl").Properties.Write("vcpus", "1");
            return $"{OutdatedTest.Reason(preload)}";
        });

        Assert.Equal("properties: vcpus", reason);
    }

    private Task<string?> ReasonAsync(string name) => Kernel.OnLoop(() => OutdatedTest.Reason(Preload(name))?.ToString());

    private PreloadLife Preload(string name) =>
        Kernel.Lives.TryFind(Kernel.Qubes.Find(name), out var preload) ? preload : throw new InvalidOperationException(name);
}
