using Qubes.Sdk.Disposables;
using Qubes.Sdk.Testing.Plugins;

namespace Acme.TextConvert.Tests;

public sealed class RushPolicyTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(5, 0, 3)]
    [InlineData(5, 30, 1)]
    [InlineData(40, 0, 8)]
    public async Task Half_of_what_was_wanted_of_late_is_kept_ahead(int requests, int minutesAgo, int expected) =>
        Assert.Equal(expected, await TargetAsync(requests, minutesAgo, available: null));

    [Fact]
    public async Task Nothing_is_started_where_memory_is_short() => Assert.Equal(2, await TargetAsync(requests: 9, minutesAgo: 0, available: 100));

    private static async Task<int> TargetAsync(int requests, int minutesAgo, long? available)
    {
        await using var host = new PluginTestHost();
        await host.StartAsync(new TextConvertPlugin());
        var now = host.Time.GetUtcNow();
        var demand = new PreloadDemand([.. Enumerable.Repeat(now.AddMinutes(-minutesAgo), requests)], new double[24]);
        var view = new PreloadView(host.Qubes.Add("dvm"), Max: 8, Ready: 1, Starting: 1, now, demand, available, BytesEach: 400 << 20);
        return host.Get<IPreloadPolicy>().TargetOf(view).Count;
    }
}
