using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A section of the configuration that changes while its plugin runs.</summary>
public sealed class PluginSettingsTests : IAsyncLifetime
{
    private readonly TestHost test = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => test.DisposeAsync().AsTask();

    [Fact]
    public async Task A_plugin_that_takes_changes_is_told_and_goes_on()
    {
        await RunAsync(configurable: true);
        await ConfigureAsync("word", "new");
        Assert.Equal("One: word is new", test.Log.OfPlugins[^1]);
        Assert.Equal((1, ""), (Report.Generation, Report.Reason));
    }

    [Fact]
    public async Task What_it_refuses_leaves_the_old_in_force_and_its_state_says_why()
    {
        await RunAsync(configurable: true);
        await ConfigureAsync("word", "good");
        await ConfigureAsync("word", "bad");
        Assert.Equal((PluginState.Active, 1), (Report.State, Report.Generation));
        Assert.Equal("its new configuration is refused, the one before stays: word must not be bad", Report.Reason);
        await test.Host.ReconcileAsync(null, default);
        Assert.StartsWith("its new configuration is refused", Report.Reason, StringComparison.Ordinal);

        await ConfigureAsync("word", "better");
        Assert.Equal("", Report.Reason);
        Assert.Equal(["One: word is good", "One: word is better"], test.Log.OfPlugins.Where(line => line.Contains("word")));
    }

    [Fact]
    public async Task Another_one_is_loaded_anew()
    {
        await RunAsync();
        await ConfigureAsync("name", "Other");
        Assert.Equal(["Other"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
        Assert.Equal(2, Report.Generation);
    }

    [Theory]
    [InlineData("beside")]
    [InlineData("restart")]
    public async Task One_that_does_not_start_with_it_goes_on_with_the_old(string reload)
    {
        await RunAsync(reload);
        await ConfigureAsync("fail", "start");
        Assert.Equal((PluginState.Active, 1), (Report.State, Report.Generation));
        Assert.Contains("its newer generation failed, generation 1 goes on", Report.Reason);
    }

    [Fact]
    public async Task One_that_only_ends_with_the_daemon_waits_for_it()
    {
        await RunAsync("never");
        await ConfigureAsync("name", "Other");
        Assert.Equal(["One"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
        Assert.StartsWith("its configuration has changed, and is taken when the daemon is restarted", Report.Reason, StringComparison.Ordinal);
        await ConfigureAsync("name", "One");
        Assert.Equal("", Report.Reason);
    }

    [Fact]
    public async Task A_section_that_is_the_same_changes_nothing()
    {
        await RunAsync();
        await test.Host.ConfigureAsync(test.Settings(), default);
        Assert.Equal(1, Report.Generation);
    }

    private PluginReport Report => test.Control.Plugins.Single();

    private async Task RunAsync(string reload = "beside", bool configurable = false)
    {
        var folder = test.Install("One", reload: reload);
        if (configurable)
            File.WriteAllText(Path.Combine(folder, "configurable"), "");
        await test.RunAsync();
    }

    private Task ConfigureAsync(string key, string value)
    {
        test.Set("One", key, value);
        return test.Host.ConfigureAsync(test.Settings(), default);
    }
}
