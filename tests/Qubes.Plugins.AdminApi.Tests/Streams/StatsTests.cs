using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Methods;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.AdminApi.Tests.Streams;

public sealed class StatsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Every_interval_each_running_qube_is_sampled()
    {
        var machine = MethodTests.MachineOf(409600, TimeSpan.FromSeconds(1));
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => Run(d, machine));
        using StreamClient client = await daemon.ListenAsync("admin.vm.Stats+");
        Assert.NotNull(await client.NextAsync());
        Assert.Equal(
            "1\0work\0vm-stats\0memory_kb\0409600\0memory_assigned_total\0409600\0memory_assigned_usable\0409600\0"
            + "memory_with_swap_used\0409600\0cpu_time\01000\0cpu_usage\00\0online_vcpus\02\0\0",
            await client.NextAsync());

        await daemon.Time.UntilWaitedForAsync(Interval);
        machine.MeasureAsync(Arg.Any<CancellationToken>()).Returns(new MachineUsage(1, TimeSpan.FromSeconds(4)));
        daemon.Time.Advance(Interval);
        // Three seconds of processor time in three seconds, on two processors.
        Assert.Contains("\0cpu_time\04000\0cpu_usage\050\0", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_qube_that_cannot_be_measured_is_left_out_until_it_can()
    {
        var machine = Substitute.For<IMachine>();
        machine.MeasureAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException<MachineUsage>(new QubeException("gone")));
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => Run(d, machine));
        using StreamClient client = await daemon.ListenAsync("admin.vm.Stats+", "work");
        Assert.NotNull(await client.NextAsync());
        await daemon.Time.UntilWaitedForAsync(Interval);
        machine.MeasureAsync(Arg.Any<CancellationToken>()).Returns(new MachineUsage(7, TimeSpan.Zero));
        daemon.Time.Advance(Interval);
        Assert.Contains("memory_kb\07\0", await client.NextAsync(), StringComparison.Ordinal);
    }

    private static void Run(TestDaemon daemon, IMachine machine)
    {
        daemon.Qubes.System.Declare("stats_interval", PropertyType.Number, "3");
        daemon.Work.Properties.Declare("vcpus", PropertyType.Number, "2");
        daemon.Work.Machine = machine;
    }
}
