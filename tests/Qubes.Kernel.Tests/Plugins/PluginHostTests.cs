using System.Runtime.CompilerServices;
using Qubes.Kernel.Plugins;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginHostTests : IAsyncLifetime
{
    private readonly TestHost test = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => test.DisposeAsync().AsTask();

    [Fact]
    public async Task Without_plugins_nothing_happens()
    {
        await test.RunAsync();
        Assert.Empty(test.Host.Status);
    }

    [Fact]
    public async Task Plugins_come_in_the_order_of_their_requirements_and_go_in_reverse()
    {
        test.Install("A", requires: ["C"]);
        test.Install("B");
        test.Install("C", requires: ["B"]);
        var host = await test.RunAsync();
        Assert.Equal(["B", "C", "A"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
        await host.StopServicesAsync();
        await host.DisposeAsync();
        Assert.Equal(
        [
            "B: starting", "B: started", "C: starting", "C: started", "A: starting", "A: started",
            "A: stopping", "A: stopped", "C: stopping", "C: stopped", "B: stopping", "B: stopped",
            "A: disposed", "C: disposed", "B: disposed",
        ], test.Log.OfPlugins);
    }

    [Fact]
    public async Task A_plugin_sees_its_own_section_of_the_configuration()
    {
        test.Install("One");
        test.Install("Two");
        await test.RunAsync();
        Assert.Equal(["One", "Two"], test.Extensions.All<IStoragePoolDriver>().Select(driver => driver.Name));
    }

    [Fact]
    public async Task Extensions_of_kinds_nobody_registered_are_none()
    {
        test.Install("One");
        await test.RunAsync();
        Assert.Empty(test.Extensions.All<Sdk.Hypervisors.IHypervisorDriver>());
    }

    [Fact]
    public async Task An_extension_is_the_same_object_at_every_use()
    {
        test.Install("One");
        await test.RunAsync();
        Assert.Same(test.Extensions.All<IStoragePoolDriver>()[0], test.Extensions.All<IStoragePoolDriver>()[0]);
    }

    [Fact]
    public async Task The_change_is_told_on_the_kernel_loop_when_plugins_come_and_go()
    {
        test.Install("One");
        List<(int Count, bool OnLoop)> heard = [];
        test.Extensions.Changed += () => heard.Add((test.Extensions.All<IKernelService>().Count, test.Loop.IsCurrent));
        await (await test.RunAsync()).DisposeAsync();
        Assert.Equal([(1, true), (0, true)], heard);
    }

    [Fact]
    public async Task A_disabled_plugin_is_not_loaded()
    {
        test.Install("One", manifest: "not even read");
        test.Preset("50-site.preset", "disable One\n");
        await test.RunAsync();
        Assert.Equal(PluginState.Disabled, test.Status("One").State);
        Assert.Empty(test.Log.OfPlugins);
    }

    [Fact]
    public async Task A_third_partys_plugin_needs_a_preset()
    {
        test.Install("One", shipped: false);
        test.Install("Two", shipped: false);
        test.Preset("50-site.preset", "enable Two\n", shipped: false);
        await test.RunAsync();
        Assert.Equal(["Two"], test.Active);
    }

    [Fact]
    public async Task A_third_party_cannot_take_a_shipped_plugins_name()
    {
        test.Preset("90-default.preset", "enable *\n");
        var shipped = test.Install("One");
        test.Install("One", shipped: false);
        await test.RunAsync();
        Assert.Equal([PluginState.Active, PluginState.Superseded], test.Host.Status.Select(status => status.State));
        Assert.Equal(shipped, test.Host.Status[0].Folder);
        Assert.Equal("a shipped plugin has this name", test.Host.Status[1].Reason);
    }

    [Fact]
    public async Task A_wrong_preset_line_is_logged()
    {
        test.Preset("50-site.preset", "enable One Two\n");
        await test.RunAsync();
        Assert.Contains(test.Log.Lines, line => line.Contains("50-site.preset:1: not a preset rule"));
    }

    [Fact]
    public async Task A_folder_with_a_dot_in_front_is_no_plugin()
    {
        test.Install(".One.dpkg-new");
        await test.RunAsync();
        Assert.Empty(test.Host.Status);
    }

    [Fact]
    public async Task A_plugin_has_a_bus_of_its_own_whose_subscriptions_end_with_it()
    {
        test.Install("One");
        var host = await test.RunAsync();
        await Fire();
        Assert.Single(test.Log.Lines, line => line.Contains("a handler of One failed"));
        await host.DisposeAsync();
        await Fire();
        Assert.Single(test.Log.Lines, line => line.Contains("a handler of One failed"));

        Task Fire() => test.Loop.InvokeAsync(() =>
        {
            test.Bus.Fire(new Something());
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task An_ended_plugin_is_collected_though_the_container_lives()
    {
        test.Install("One");
        var context = await RunAndEnd();
        Collected.Assert(context);
    }

    // Not inlined, or the state machine of the test would keep what the plugin made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> RunAndEnd()
    {
        var host = await test.RunAsync();
        var context = ContextOfTheDriver();
        await host.StopServicesAsync();
        await host.DisposeAsync();
        return context;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference ContextOfTheDriver()
    {
        var driver = test.Extensions.All<IStoragePoolDriver>()[0];
        Assert.Equal("7.0.0.0", driver.Options[1]);
        return new(System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(driver.GetType().Assembly));
    }

    private sealed record Something() : QubesEvent(Subject: null)
    {
        public override string WireName => "something";
    }
}
