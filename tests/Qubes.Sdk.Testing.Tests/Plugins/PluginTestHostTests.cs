using Qubes.Sdk.Backups;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Plugins;

namespace Qubes.Sdk.Testing.Tests.Plugins;

public sealed class PluginTestHostTests
{
    [Fact]
    public async Task Services_start_in_order_with_the_settings_and_stop_in_reverse()
    {
        var plugin = new NotingPlugin(shared: true);
        await using (var host = new PluginTestHost { Settings = { ["word"] = "hello" } })
            await host.StartAsync(plugin);

        Assert.Equal(["first starts with hello", "second starts", "second stops", "first stops"], plugin.Notes);
    }

    [Fact]
    public async Task A_setting_that_changes_is_checked_before_it_is_applied()
    {
        var plugin = new NotingPlugin(shared: true);
        await using var host = new PluginTestHost { Settings = { ["word"] = "hello" } };
        await host.StartAsync(plugin);

        Assert.Throws<QubesException>(() => host.ChangeSetting("word", ""));
        Assert.Equal("hello", host.Settings["word"]);
        host.ChangeSetting("word", "good-bye");

        Assert.Equal(["first starts with hello", "second starts", "first goes on with good-bye"], plugin.Notes);
    }

    [Fact]
    public async Task What_a_plugin_offers_is_found_once_by_each_of_its_interfaces()
    {
        await using var host = new PluginTestHost();
        await host.StartAsync(new NotingPlugin(shared: true));

        Assert.Equal(2, host.Extensions.All<IKernelService>().Count);
        Assert.Same(Assert.Single(host.Extensions.All<IBackupFilter>()), host.Get<IBackupFilter>());
    }

    [Fact]
    public async Task What_the_daemon_would_refuse_is_refused()
    {
        await using var host = new PluginTestHost();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(new NotingPlugin(shared: false)));

        Assert.Contains("Second is registered as IKernelService without SingleInstance()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_sees_events_of_qubes_and_its_log_is_kept()
    {
        await using var host = new PluginTestHost();
        await host.StartAsync(new NotingPlugin(shared: true));

        await host.Qubes.Add("work").StartAsync(CancellationToken.None);

        Assert.Equal(["Information: work has started"], host.Log.Lines);
    }

    [Fact]
    public async Task Its_directory_goes_with_it()
    {
        var host = new PluginTestHost();
        var root = host.Paths.Root;
        Assert.True(Directory.Exists(root));

        await host.DisposeAsync();

        Assert.False(Directory.Exists(root));
    }

    [Fact]
    public async Task One_host_takes_one_plugin()
    {
        await using var host = new PluginTestHost();
        Assert.Throws<InvalidOperationException>(() => host.Get<IBackupFilter>());
        await host.StartAsync(new NotingPlugin(shared: true));

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(new NotingPlugin(shared: true)));
    }

    [Fact]
    public void Extensions_of_others_come_and_go_with_notice()
    {
        var extensions = new SimulatedExtensions();
        var changes = 0;
        extensions.Changed += () => changes++;

        extensions.Add("text");
        Assert.Equal(["text"], extensions.All<string>());
        extensions.Remove("text");
        extensions.Remove("text");

        Assert.Empty(extensions.All<string>());
        Assert.Equal(2, changes);
    }

    [Fact]
    public void Posted_work_runs_after_what_posted_it()
    {
        var loop = new InlineLoop();
        var order = new List<string>();

        loop.Post(() =>
        {
            loop.Post(() => order.Add("inner"));
            order.Add("outer");
        });

        Assert.Equal(["outer", "inner"], order);
    }
}
