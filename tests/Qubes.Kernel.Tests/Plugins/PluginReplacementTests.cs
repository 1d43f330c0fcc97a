using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Watching;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A plugin that is replaced, enabled, disabled or removed while the host runs.</summary>
public sealed class PluginReplacementTests : IAsyncLifetime
{
    private readonly TestHost test = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => test.DisposeAsync().AsTask();

    [Theory]
    [InlineData("beside")]
    [InlineData("restart")]
    public async Task What_is_installed_now_takes_the_place_of_what_ran_and_that_is_unloaded(string reload)
    {
        ProbeFiles.Upgrade(await RunAsync("One", reload));
        await ReconcileAsync();
        Assert.Equal(["2.0.0"], Versions());
        AssertReport("One", PluginState.Active, "", generation: 2);
        Assert.Empty(test.Control.Plugins[0].Leftovers);
        Assert.Equal("One: disposed", test.Log.OfPlugins[^1]);
    }

    [Fact]
    public async Task What_was_started_together_with_others_is_unloaded_all_the_same()
    {
        test.Install("Other");
        ProbeFiles.Upgrade(await RunAsync("One", "beside"));
        await ReconcileAsync();
        Assert.Equal(2, test.Control.Plugins.Count);
        Assert.All(test.Control.Plugins, plugin => Assert.Empty(plugin.Leftovers));
    }

    [Fact]
    public async Task Beside_means_that_the_new_one_is_started_before_the_old_one_is_stopped()
    {
        ProbeFiles.Upgrade(await RunAsync("One", "beside"));
        await ReconcileAsync();
        Assert.Equal(
            ["One: starting", "One: started", "One: starting", "One: started", "One: stopping", "One: stopped", "One: disposed"], test.Log.OfPlugins);
    }

    [Fact]
    public async Task Restart_means_that_the_old_one_is_stopped_first()
    {
        ProbeFiles.Upgrade(await RunAsync("One", "restart"));
        await ReconcileAsync();
        Assert.Equal(
            ["One: starting", "One: started", "One: stopping", "One: stopped", "One: starting", "One: started", "One: disposed"], test.Log.OfPlugins);
    }

    [Fact]
    public async Task Never_means_that_it_waits_for_the_daemon()
    {
        ProbeFiles.Upgrade(await RunAsync("One", "never"));
        await ReconcileAsync();
        Assert.Equal(["1.0.0"], Versions());
        AssertReport("One", PluginState.Active, "its folder has changed, but stays until the daemon is restarted", generation: 1);
        var refusal = await Assert.ThrowsAsync<QubesException>(() => test.Control.ReloadAsync("One", default));
        Assert.Contains("cannot be reloaded while the daemon runs", refusal.Message);
    }

    [Theory]
    [InlineData("beside", true)]
    [InlineData("restart", true)]
    [InlineData("never", false)]
    public async Task Code_can_be_unloaded_where_it_can_be_replaced(string reload, bool canBe)
    {
        await RunAsync("One", reload);
        var driver = Assert.Single(test.Extensions.All<IStoragePoolDriver>());
        Assert.Equal(canBe, AssemblyLoadContext.GetLoadContext(driver.GetType().Assembly)!.IsCollectible);
    }

    [Fact]
    public async Task What_the_kernel_uses_is_not_taken_away()
    {
        test.Uses = _ => ["the open pool default"];
        ProbeFiles.Upgrade(await RunAsync("One", "beside"));
        await ReconcileAsync();
        AssertReport("One", PluginState.Active, "it is in use: the open pool default", generation: 1);
    }

    [Theory]
    [InlineData("beside")]
    [InlineData("restart")]
    public async Task The_last_good_generation_goes_on_when_the_next_does_not_start(string reload)
    {
        var folder = await RunAsync("One", reload);
        ProbeFiles.Upgrade(folder);
        File.WriteAllText(Path.Combine(folder, "fails-to-start"), "");
        await ReconcileAsync();
        Assert.Equal(["1.0.0"], Versions());
        AssertReport("One", PluginState.Active, "its newer generation failed, generation 1 goes on (malfunctioned): InvalidOperationException", 1);
        Assert.Empty(test.Control.Plugins[0].Leftovers);

        var before = test.Log.OfPlugins.Count;
        await ReconcileAsync();
        Assert.Equal(before, test.Log.OfPlugins.Count); // Not tried again.

        File.Delete(Path.Combine(folder, "fails-to-start"));
        await ReconcileAsync();
        Assert.Equal(["2.0.0"], Versions());
        AssertReport("One", PluginState.Active, "", generation: 3);
    }

    [Theory]
    [InlineData(ProbeFiles.Assembly, "BadImageFormatException")]
    [InlineData("plugin.json", "plugin.json: ")]
    public async Task What_cannot_be_loaded_does_not_replace_what_runs(string file, string reason)
    {
        File.WriteAllText(Path.Combine(await RunAsync("One", "beside"), file), "{");
        await ReconcileAsync();
        Assert.Equal(["1.0.0"], Versions());
        AssertReport("One", PluginState.Active, reason, generation: 1);
    }

    [Fact]
    public async Task A_changed_private_dependency_is_a_change()
    {
        var folder = await RunAsync("One", "beside");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "Qubes.TestPlugins.Private.dll"), DateTime.UnixEpoch);
        await ReconcileAsync();
        AssertReport("One", PluginState.Active, "", generation: 2);
    }

    [Fact]
    public async Task Nothing_happens_where_nothing_has_changed()
    {
        await RunAsync("One", "beside");
        await ReconcileAsync();
        AssertReport("One", PluginState.Active, "", generation: 1);
    }

    [Fact]
    public async Task A_folder_that_is_gone_ends_its_plugin_and_what_requires_it()
    {
        var folder = test.Install("One");
        test.Install("Two", requires: ["One"]);
        await test.RunAsync();
        Directory.Delete(folder, recursive: true);
        await ReconcileAsync();
        Assert.Empty(test.Extensions.All<IStoragePoolDriver>());
        AssertReport("Two", PluginState.Unsupported, "it requires One, which is not installed", generation: 0);
        Assert.Equal(["Two: stopping", "Two: stopped", "Two: disposed", "One: stopping", "One: stopped", "One: disposed"], test.Log.OfPlugins.Skip(4));

        test.Install("One");
        await ReconcileAsync();
        Assert.Equal(["One", "Two"], test.Active);
    }

    [Fact]
    public async Task Dependants_follow_in_order()
    {
        var folder = test.Install("One");
        test.Install("Two", requires: ["One"]);
        test.Install("Zero", requires: ["Two"]);
        await test.RunAsync();
        ProbeFiles.Upgrade(folder);
        await ReconcileAsync();
        Assert.Equal(["One", "Two", "Zero"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
        Assert.Equal(["One: starting", "Two: starting", "Zero: starting"], test.Log.OfPlugins.Skip(6).Where(line => line.EndsWith("starting", StringComparison.Ordinal)));
        Assert.Equal(["Zero: stopping", "Two: stopping", "One: stopping"], test.Log.OfPlugins.Where(line => line.EndsWith("stopping", StringComparison.Ordinal)));
        Assert.All(test.Control.Plugins, plugin => Assert.Equal((PluginState.Active, 2), (plugin.State, plugin.Generation)));
    }

    [Theory]
    [InlineData("beside")]
    [InlineData("restart")]
    public async Task When_one_that_follows_fails_the_whole_group_stays(string reload)
    {
        var first = test.Install("One", reload: reload);
        var second = test.Install("Two", requires: ["One"]);
        await test.RunAsync();
        ProbeFiles.Upgrade(first);
        File.WriteAllText(Path.Combine(second, "fails-to-start"), "");
        await ReconcileAsync();
        Assert.Equal(["1.0.0", "1.0.0"], Versions());
        Assert.Equal(["One", "Two"], test.Active);
        AssertReport("One", PluginState.Active, "it was not replaced, because Two failed", generation: 1);
    }

    [Fact]
    public async Task Disabling_ends_it_at_once_and_enabling_brings_it_back()
    {
        await RunAsync("One", "beside");
        Assert.Equal(PluginState.Disabled, (await test.Control.DisableAsync("One", default)).State);
        Assert.Empty(Versions());
        Assert.Equal(PluginState.Active, (await test.Control.EnableAsync("One", default)).State);
        Assert.Equal(["1.0.0"], Versions());
        Assert.Equal(
            ["# Written by qubes-plugin enable and disable; the first line that matches a plugin's name decides.", "enable One"],
            File.ReadLines(test.Paths.Configuration + "/plugin-preset.d/00-qubes-plugin.preset"));
    }

    [Fact]
    public async Task A_third_partys_plugin_is_available_until_it_is_enabled()
    {
        await test.RunAsync();
        test.Install("Late", shipped: false);
        await ReconcileAsync();
        AssertReport("Late", PluginState.Available, "no preset enables it", generation: 0);
        await test.Control.EnableAsync("Late", default);
        AssertReport("Late", PluginState.Active, "", generation: 1);
    }

    [Fact]
    public async Task A_preset_of_the_administrators_that_comes_first_is_named()
    {
        test.Preset("00-admin.preset", "disable One\n", shipped: false);
        await RunAsync("One", "beside");
        var refusal = await Assert.ThrowsAsync<QubesException>(() => test.Control.EnableAsync("One", default));
        Assert.Contains("decides otherwise", refusal.Message);
    }

    [Fact]
    public async Task One_that_failed_is_tried_again_when_somebody_asks_for_it()
    {
        var folder = test.Install("One");
        File.WriteAllText(Path.Combine(folder, "throws"), "");
        await test.RunAsync();
        AssertReport("One", PluginState.Malfunctioned, "the module was told to fail", generation: 0);
        Assert.Equal(PluginState.Malfunctioned, (await test.Control.ReloadAsync("One", default)).State);
        File.Delete(Path.Combine(folder, "throws"));
        Assert.Equal(PluginState.Active, (await test.Control.ReloadAsync("One", default)).State);
    }

    [Fact]
    public async Task A_plugin_that_is_not_there_is_named()
    {
        await RunAsync("One", "beside");
        var refusal = await Assert.ThrowsAsync<QubesException>(() => test.Control.ReloadAsync("Two", default));
        Assert.Equal("There is no plugin 'Two'; installed: One", refusal.Message);
    }

    [Fact]
    public async Task A_handler_that_stays_subscribed_to_the_host_is_taken_off()
    {
        test.Set("One", "leak", "changed");
        ProbeFiles.Upgrade(await RunAsync("One", "beside"));
        await ReconcileAsync();
        AssertReport("One", PluginState.Active, "", generation: 2);
        Assert.Empty(test.Control.Plugins[0].Leftovers);
    }

    [Fact]
    public async Task What_stays_in_memory_is_told_until_it_is_gone()
    {
        test.Set("One", "leak", "static");
        await RunAsync("One", "beside");
        await test.Control.DisableAsync("One", default);
        Assert.StartsWith("generation 1 is still in memory", Assert.Single(test.Control.Plugins[0].Leftovers), StringComparison.Ordinal);
        Unleak();
        await ReconcileAsync();
        Assert.Empty(test.Control.Plugins[0].Leftovers);
    }

    [Theory]
    [InlineData("in place")]
    [InlineData("rename")]
    [InlineData("directory")]
    public async Task The_folder_is_watched(string how)
    {
        var folder = await RunAsync("One", "beside");
        switch (how)
        {
            case "in place":
                File.WriteAllBytes(Path.Combine(folder, ProbeFiles.Assembly), File.ReadAllBytes(Path.Combine(ProbeFiles.Next, ProbeFiles.Assembly)));
                break;
            case "rename":
                ProbeFiles.Upgrade(folder);
                break;
            default:
                var next = test.Install(".One.new", manifest: File.ReadAllText(Path.Combine(folder, "plugin.json")));
                ProbeFiles.Upgrade(next);
                Directory.Move(folder, folder + ".old");
                Directory.Move(next, folder);
                Directory.Delete(folder + ".old", recursive: true);
                break;
        }
        await test.Time.UntilArmed(FolderWatch.Quiet);
        test.Time.Advance(FolderWatch.Quiet);
        await UntilAsync(() => test.Control.Plugins.Any(plugin => plugin is { Name: "One", Generation: 2, State: PluginState.Active }));
        Assert.Contains("2.0.0", Versions());
    }

    [Fact]
    public async Task A_directory_of_plugins_that_comes_later_is_found()
    {
        await test.RunAsync();
        test.Install("Late", shipped: false);
        await test.Time.UntilArmed(FolderWatch.Often);
        test.Time.Advance(FolderWatch.Often);
        await UntilAsync(() => test.Control.Plugins.Any(plugin => plugin.Name == "Late"));
    }

    [Fact]
    public async Task Its_last_lines_can_be_read()
    {
        await RunAsync("One", "beside");
        Assert.Equal(["starting", "started"], test.Control.LogOf("One").Select(line => line.Split(": ")[^1]));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Unleak() => AppContext.SetData("probe-leak", null);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.True(condition(), "it did not come about within ten seconds");
    }

    private async Task<string> RunAsync(string name, string reload)
    {
        var folder = test.Install(name, reload: reload);
        await test.RunAsync();
        return folder;
    }

    private Task ReconcileAsync() => test.Host.ReconcileAsync(null, default);

    private List<string> Versions() => [.. test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Options[0])];

    private void AssertReport(string name, PluginState state, string reason, int generation)
    {
        var report = test.Control.Plugins.Single(plugin => plugin.Name == name);
        Assert.Equal((state, generation), (report.State, report.Generation));
        if (reason.Length == 0)
            Assert.Equal("", report.Reason);
        else
            Assert.Contains(reason, report.Reason);
    }
}
