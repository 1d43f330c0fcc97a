using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins.Faults;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A plugin whose event handlers do what they must not, while the host goes on.</summary>
public sealed class PluginFaultTests : IAsyncLifetime
{
    private readonly TestHost test = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => WhileTimePasses(test.DisposeAsync().AsTask());

    [Fact]
    public async Task One_that_keeps_failing_is_switched_off_with_what_requires_it()
    {
        test.Install("Bad");
        test.Install("Near", requires: ["Bad"]);
        await test.RunAsync();
        await FireAsync(FaultLedger.TooMany + 5);
        await UntilAsync("Bad", PluginState.Malfunctioned);
        var bad = test.Control.Plugins[0];
        Assert.Equal(FaultLedger.TooMany, bad.Faults); // In the turn of the last one it was taken off the bus.
        Assert.StartsWith("switched off: its event handlers failed 20 times within 60 s; the last: ProbeDriver", bad.Reason, StringComparison.Ordinal);
        Assert.Equal((PluginState.Unsupported, "it requires Bad, which is malfunctioned"), (test.Control.Plugins[1].State, test.Control.Plugins[1].Reason));

        await test.Host.ReconcileAsync(null, default);
        Assert.Equal(PluginState.Malfunctioned, test.Control.Plugins[0].State);
        Assert.Equal(PluginState.Active, (await test.Control.ReloadAsync("Bad", default)).State);
        Assert.Equal(["Bad", "Near"], test.Active);
    }

    [Fact]
    public async Task Faults_that_come_once_in_a_while_are_only_counted()
    {
        test.Install("Bad");
        await test.RunAsync();
        for (var i = 0; i < 3; i++)
        {
            await FireAsync(FaultLedger.TooMany - 1);
            test.Time.Advance(FaultLedger.Window + TimeSpan.FromSeconds(1));
        }
        await test.Host.ReconcileAsync(null, default);
        Assert.Equal((PluginState.Active, 3 * (FaultLedger.TooMany - 1)), (test.Control.Plugins[0].State, test.Control.Plugins[0].Faults));
    }

    [Fact]
    public async Task One_that_only_ends_with_the_daemon_stays_and_its_state_says_so()
    {
        test.Install("Bad", reload: "never");
        await test.RunAsync();
        await FireAsync(FaultLedger.TooMany);
        await UntilAsync("Bad", PluginState.Active, "it keeps failing");
        await FireAsync(1);
        Assert.Equal(FaultLedger.TooMany + 1, test.Control.Plugins[0].Faults);
    }

    [Fact]
    public async Task A_handler_that_hangs_is_left_behind_after_its_budget()
    {
        test.Install("Bad");
        test.Set("Bad", "events", "hang");
        await test.RunAsync();
        var fired = test.Loop.InvokeAsync(() => test.Bus.FireAsync(new HostSuspending(), default));
        await test.Time.UntilArmed(HandlerLimits.Budget);
        test.Time.Advance(HandlerLimits.Budget);
        await fired;
        Assert.Equal(1, test.Control.Plugins[0].Faults);
        Assert.Contains(test.Log.Lines, line => line.Contains("a handler of Bad failed on HostSuspending: ProbeDriver"));
    }

    [Fact]
    public async Task A_handler_that_hangs_does_not_hold_the_end_of_its_plugin_and_is_named()
    {
        test.Install("Bad");
        test.Set("Bad", "events", "hang");
        await test.RunAsync();
        _ = test.Loop.InvokeAsync(() => test.Bus.FireAsync(new HostSuspending(), default));
        var disabling = test.Control.DisableAsync("Bad", default);
        await test.Time.UntilArmed(Kernel.Plugins.ServiceRunner.StopDeadline + Kernel.Plugins.ServiceRunner.Grace);
        await WhileTimePasses(disabling);
        Assert.All(test.Control.Plugins[0].Leftovers, left => Assert.Contains("its handler ProbeDriver", left, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_handler_that_allocates_much_is_told_and_counted()
    {
        test.Install("Bad");
        test.Set("Bad", "events", "hog");
        await test.RunAsync();
        await FireAsync(1);
        Assert.Equal(1, test.Control.Plugins[0].Faults);
        Assert.Contains(test.Log.Lines, line => line.Contains("a handler of Bad allocated 80 MiB on Something: ProbeDriver"));
    }

    // What hangs has its deadline.
    private async Task WhileTimePasses(Task work)
    {
        for (var i = 0; i < 1000 && !work.IsCompleted; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System));
        }
        await work.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task FireAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await test.Loop.InvokeAsync(() =>
            {
                test.Bus.Fire(new Something());
                return Task.CompletedTask;
            });
        }
    }

    private async Task UntilAsync(string name, PluginState state, string reason = "")
    {
        bool IsSo() => test.Control.Plugins.Any(plugin => plugin.Name == name && plugin.State == state && plugin.Reason.Contains(reason, StringComparison.Ordinal));
        for (var i = 0; i < 1000 && !IsSo(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.True(IsSo());
    }

    private sealed record Something() : QubesEvent(Subject: null)
    {
        public override string WireName => "something";
    }
}
