using Qubes.Kernel.Plugins;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A broken plugin is taken out with its reason, and the others go on.</summary>
public sealed class PluginContainmentTests : IAsyncLifetime
{
    private readonly TestHost test = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => test.DisposeAsync().AsTask();

    [Fact]
    public async Task A_constructor_that_fails_costs_only_its_plugin()
    {
        test.Install("Bad", fail: "constructor");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "InvalidOperationException: the constructor was told to fail");
        Assert.Equal(["Good"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
    }

    [Fact]
    public async Task A_service_that_does_not_start_costs_only_its_plugin()
    {
        test.Install("Bad", fail: "start");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "InvalidOperationException: the start was told to fail");
        Assert.Equal(["Good"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
        Assert.Contains("Bad: disposed", test.Log.OfPlugins);
    }

    [Fact]
    public async Task A_service_that_hangs_at_its_start_is_left_behind()
    {
        test.Install("Bad", fail: "hang-start");
        test.Install("Good");
        await test.Host.LoadAsync(CancellationToken.None);
        var starting = test.Host.StartServicesAsync(CancellationToken.None);
        await test.Time.UntilArmed(ServiceRunner.StartDeadline + ServiceRunner.Grace);
        test.Time.Advance(ServiceRunner.StartDeadline + ServiceRunner.Grace);
        await starting;
        Assert.Equal(["Good"], test.Active);
        AssertRefused(PluginState.Malfunctioned, "TimeoutException: ");
    }

    [Fact]
    public async Task A_service_that_fails_to_stop_does_not_keep_the_others_from_it()
    {
        test.Install("Bad", fail: "stop");
        await RunBesideGood();
        await test.Host.StopServicesAsync();
        Assert.Contains("Good: stopped", test.Log.OfPlugins);
        Assert.Contains(test.Log.Lines, line => line.Contains("plugin Bad did not stop as it should: ProbeService"));
    }

    [Fact]
    public async Task A_service_that_hangs_at_its_stop_is_left_behind()
    {
        test.Install("Apt");
        test.Install("Bad", fail: "hang-stop");
        await test.RunAsync();
        var stopping = test.Host.StopServicesAsync();
        await test.Time.UntilArmed(ServiceRunner.StopDeadline + ServiceRunner.Grace);
        test.Time.Advance(ServiceRunner.StopDeadline + ServiceRunner.Grace);
        await stopping;
        Assert.Contains("Apt: stopped", test.Log.OfPlugins);
    }

    [Fact]
    public async Task A_plugin_that_hangs_at_its_end_is_left_behind()
    {
        test.Install("Apt");
        test.Install("Bad", fail: "hang-end");
        await test.RunAsync();
        await test.Host.StopServicesAsync();
        test.Time.Advance(TimeSpan.FromSeconds(1)); // Tells the deadlines of the stop, which are as long, from those of the end.
        var ending = test.Host.DisposeAsync().AsTask();
        await test.Time.UntilArmed(ServiceRunner.StopDeadline + ServiceRunner.Grace);
        test.Time.Advance(ServiceRunner.StopDeadline + ServiceRunner.Grace);
        await ending;
        Assert.Contains("Apt: disposed", test.Log.OfPlugins);
        Assert.Contains(test.Log.Lines, line => line.Contains("Plugin Bad did not end as it should"));
    }

    [Fact]
    public async Task A_module_that_fails_costs_only_its_plugin()
    {
        File.WriteAllText(Path.Combine(test.Install("Bad"), "throws"), "");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "InvalidOperationException: the module was told to fail");
    }

    [Fact]
    public async Task An_extension_that_is_not_shared_is_refused()
    {
        File.WriteAllText(Path.Combine(test.Install("Bad"), "unshared"), "");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "ProbeDriver is registered as IStoragePoolDriver without SingleInstance()");
    }

    [Fact]
    public async Task An_assembly_without_an_entry_is_refused()
    {
        test.Install("Bad", manifest:
            """{ "name": "Bad", "version": "1.0", "sdk": "0.1", "assembly": "Qubes.TestPlugins.Private.dll" }""");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "Qubes.TestPlugins.Private has 0 public subclasses of QubesPlugin");
    }

    [Fact]
    public async Task A_file_that_is_no_assembly_is_refused()
    {
        File.WriteAllText(Path.Combine(test.Install("Bad"), ProbeFiles.Assembly), "no assembly");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "BadImageFormatException: ");
    }

    [Fact]
    public async Task A_broken_manifest_is_refused()
    {
        test.Install("Bad", manifest: "{");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "plugin.json: ");
    }

    [Fact]
    public async Task A_plugin_for_another_sdk_is_unsupported()
    {
        test.Install("Bad", manifest:
            $$"""{ "name": "Bad", "version": "1.0", "sdk": "0.2", "assembly": "{{ProbeFiles.Assembly}}" }""");
        await RunBesideGood();
        AssertRefused(PluginState.Unsupported, "it is built for SDK 0.2; this host takes 0.0 to 0.1");
    }

    [Fact]
    public async Task A_missing_dependency_is_named_before_anything_runs()
    {
        File.Delete(Path.Combine(test.Install("Bad"), "Qubes.TestPlugins.Private.dll"));
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned,
            "Qubes.TestPlugins.Probe.dll needs Qubes.TestPlugins.Private 7.0.0.0, which neither the plugin's folder nor the host has");
        Assert.DoesNotContain("Bad: starting", test.Log.OfPlugins);
    }

    [Fact]
    public async Task Two_plugins_cannot_offer_one_driver()
    {
        test.Install("Good");
        test.Install("Worse");
        test.Set("Worse", "name", "Good");
        await test.RunAsync();
        Assert.Equal(["Good"], test.Active);
        Assert.Equal(PluginState.Malfunctioned, test.Status("Worse").State);
        Assert.Equal("it offers the storage driver 'Good', which plugin Good has already", test.Status("Worse").Reason);
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(test.Install("Bad"), "more.dll"), "/usr/lib/more.dll");
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "more.dll is a symbolic link, to /usr/lib/more.dll; a plugin's files must lie in its folder");
    }

    [Fact]
    public async Task Files_that_others_may_write_are_refused()
    {
        test.Trust = new([Kernel.Plugins.Trust.FileFacts.Of("/proc/self").Uid], trustsGroup: true);
        var folder = test.Install("Bad");
        File.SetUnixFileMode(Path.Combine(folder, ProbeFiles.Assembly), UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, $"{ProbeFiles.Assembly} may be written by others");
    }

    [Fact]
    public async Task A_requirement_that_is_not_installed_is_named()
    {
        test.Install("Bad", requires: ["Nowhere"]);
        await RunBesideGood();
        AssertRefused(PluginState.Unsupported, "it requires Nowhere, which is not installed");
    }

    [Fact]
    public async Task A_requirement_that_is_disabled_is_named()
    {
        test.Preset("50.preset", "disable Zero\n");
        test.Install("Zero");
        test.Install("Bad", requires: ["Zero"]);
        await RunBesideGood();
        AssertRefused(PluginState.Unsupported, "it requires Zero, which is disabled");
    }

    [Theory]
    [InlineData("constructor")]
    [InlineData("start")]
    public async Task What_requires_a_broken_plugin_goes_with_it(string fail)
    {
        test.Install("Zero", fail: fail);
        test.Install("Bad", requires: ["Zero"]);
        await RunBesideGood();
        AssertRefused(PluginState.Unsupported, "it requires Zero, which is malfunctioned");
        Assert.DoesNotContain("Bad: starting", test.Log.OfPlugins);
    }

    [Fact]
    public async Task A_circle_of_requirements_is_refused_whole()
    {
        test.Install("Bad", requires: ["Two"]);
        test.Install("Two", requires: ["Bad"]);
        test.Install("Beside", requires: ["Two"]);
        await RunBesideGood();
        AssertRefused(PluginState.Malfunctioned, "it requires itself: Bad → Two → Bad");
        Assert.Equal(PluginState.Malfunctioned, test.Status("Two").State);
        Assert.Equal(PluginState.Unsupported, test.Status("Beside").State);
    }

    [Fact]
    public async Task A_cancelled_start_is_no_fault_of_a_plugin()
    {
        test.Install("Good");
        await Assert.ThrowsAsync<OperationCanceledException>(() => test.Host.LoadAsync(new CancellationToken(canceled: true)));
        Assert.Equal("", test.Status("Good").Reason);
    }

    private async Task RunBesideGood()
    {
        test.Install("Good");
        await test.RunAsync();
        Assert.Equal(PluginState.Active, test.Status("Good").State);
        Assert.Contains("Good: started", test.Log.OfPlugins);
    }

    private void AssertRefused(PluginState state, string reason)
    {
        Assert.Equal(state, test.Status("Bad").State);
        Assert.Contains(reason, test.Status("Bad").Reason);
        Assert.Contains(test.Log.Lines, line => line.Contains("Plugin Bad in ") && line.Contains(reason));
    }
}
