using Qubes.Sdk.Testing.Plugins;

namespace PLUGIN_NAMESPACE.Tests;

public sealed class PLUGIN_CLASSTests
{
    [Fact]
    public async Task A_start_is_noted_with_its_time()
    {
        await using var host = new PluginTestHost();
        var work = host.Qubes.Add("work");
        await host.StartAsync(new PLUGIN_CLASSPlugin());

        host.Time.Advance(TimeSpan.FromMinutes(90));
        await work.StartAsync(CancellationToken.None);

        Assert.Equal("2026-01-01T01:30:00Z", work.Features["last-start"]);
    }

    [Fact]
    public async Task The_feature_is_the_administrators_to_name()
    {
        await using var host = new PluginTestHost { Settings = { ["feature"] = "started-at" } };
        var work = host.Qubes.Add("work");
        await host.StartAsync(new PLUGIN_CLASSPlugin());

        await work.StartAsync(CancellationToken.None);

        Assert.Equal(["started-at"], work.Features.Keys);
    }
}
