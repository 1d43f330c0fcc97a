using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Shipped;

public sealed class ShippedTests(ShippedWorld shipped) : IClassFixture<ShippedWorld>
{
    private static readonly DateTimeOffset Now = ShippedWorld.Wednesday;

    [Fact]
    public async Task All_that_ship_become_active_without_a_word()
    {
        Assert.Equal(["battery-and-memory", "burst", "netvm-prewarm", "office-hours", "source-affinity"], ShippedWorld.Names);
        var all = await shipped.World.OnLoop(() => shipped.World.Host.All);
        Assert.Equal(ShippedWorld.Names, all.Select(s => s.Name));
        Assert.All(all, s => Assert.Equal((ScriptState.Active, null, $"policy {s.Name}"), (s.State, s.Message, s.Offers.First(o => o.StartsWith("policy", StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData(3, 7, 49, 0, "nobody works now")]   // Tuesday, before it begins
    [InlineData(3, 7, 50, 6, "office hours")]       // a little ahead of it
    [InlineData(4, 17, 59, 6, "office hours")]
    [InlineData(4, 18, 0, 1, "some may still work")]
    [InlineData(4, 22, 0, 0, "nobody works now")]
    [InlineData(7, 10, 0, 1, "some may still work")] // Saturday
    [InlineData(8, 3, 0, 0, "nobody works now")]
    public async Task Office_hours(int day, int hour, int minute, int count, string reason) => Assert.Equal((count, reason),
        await shipped.AskAsync("office-hours", await shipped.ViewAsync() with { Now = new DateTimeOffset(2026, 3, day, hour, minute, 0, TimeSpan.FromHours(1)) }));

    [Theory]
    [InlineData("6:00-9:30", 0)]
    [InlineData("9:45-9:30", 6)] // nonsense: what is usual
    [InlineData("soon", 6)]
    public async Task Office_hours_of_the_template(string hours, int count)
    {
        await shipped.World.OnLoop(() => shipped.World.Qubes.Find("dvm").Features.Set("office-hours", hours));
        try
        {
            Assert.Equal(count == 0 ? 1 : count, (await shipped.AskAsync("office-hours", await shipped.ViewAsync())).Count);
        }
        finally
        {
            await shipped.World.OnLoop(() => shipped.World.Qubes.Find("dvm").Features.Remove("office-hours"));
        }
    }

    [Theory]
    [InlineData(false, null, 6, "power and memory are there")]
    [InlineData(false, 5, 6, "power and memory are there")]
    [InlineData(true, 80, 3, "on battery, 80 %")]
    [InlineData(true, null, 3, "on battery")]
    [InlineData(true, 49, 1, "on battery, 49 %")]
    [InlineData(true, 19, 0, "on battery, 19 %")]
    public async Task By_power(bool onBattery, int? percent, int count, string reason) => Assert.Equal((count, reason),
        await shipped.AskAsync("battery-and-memory", await shipped.ViewAsync() with { Power = new(onBattery, percent) }));

    [Theory]
    [InlineData(MemoryPressure.None, null, 6, "power and memory are there")]
    [InlineData(MemoryPressure.None, 3200L, 6, "power and memory are there")]
    [InlineData(MemoryPressure.None, 1600L, 4, "memory is used")]
    [InlineData(MemoryPressure.Tight, 99999L, 2, "memory is short")]
    [InlineData(MemoryPressure.High, 99999L, 1, "memory is short")]
    public async Task By_memory(MemoryPressure pressure, long? mib, int count, string reason) => Assert.Equal((count, reason),
        await shipped.AskAsync("battery-and-memory", await shipped.ViewAsync() with { Ready = 2, Pressure = pressure, AvailableBytes = mib << 20 }));

    [Theory]
    [InlineData(10, 0, 2, "10 announced; 6 are begun little by little")]
    [InlineData(10, 2, 4, "10 announced; 6 are begun little by little")]
    [InlineData(10, 4, 6, "10 announced")]
    [InlineData(3, 4, 3, "3 announced")]
    public async Task A_burst_ramps_up_and_streams(int outstanding, int ready, int count, string reason) => Assert.Equal((count, reason),
        await shipped.AskAsync("burst", await shipped.ViewAsync() with { Ready = ready, Batch = new(outstanding, 10, null) }));

    [Theory]
    [InlineData(0, 6)]
    [InlineData(59, 3)]
    [InlineData(60, 3)]
    [InlineData(120, 1)]
    [InlineData(9999, 1)]
    [InlineData(-60, 6)]
    public async Task A_burst_decays(int secondsAgo, int count) => Assert.Equal(count,
        (await shipped.AskAsync("burst", await shipped.ViewAsync() with { Batch = new(0, 10, Now - TimeSpan.FromSeconds(secondsAgo)) })).Count);

    [Fact]
    public async Task Without_a_batch_one_is_enough() => Assert.Equal((1, "no batch"), await shipped.AskAsync("burst", await shipped.ViewAsync()));

    [Theory]
    [InlineData(null, 6)]
    [InlineData(PowerState.Running, 6)]
    [InlineData(PowerState.Transient, 1)]
    [InlineData(PowerState.Paused, 2)]
    [InlineData(PowerState.Suspended, 2)]
    [InlineData(PowerState.Halted, 0)]
    [InlineData(PowerState.Crashed, 0)]
    public async Task As_the_net_qube_comes_and_goes(PowerState? netvm, int count) => Assert.Equal(count,
        (await shipped.AskAsync("netvm-prewarm", await shipped.ViewAsync() with { NetvmState = netvm, Ready = 2 })).Count);

    [Fact]
    public async Task Documents_of_a_source_are_viewed_in_its_own_viewer_each_in_a_fresh_disposable()
    {
        var (qubes, world) = (shipped.World.Qubes, shipped.World);
        await world.OnLoop(() =>
        {
            qubes.Find("work").Tags.Add("source-affinity");
            qubes.Find("work").Features.Set("source-affinity", "dvm2");
        });
        var first = await AcquireAsync("work");
        var second = await AcquireAsync("work");
        Assert.Equal(("dvm2", "dvm2"), (first.Template!.Name, second.Template!.Name));
        Assert.NotEqual(first.Name, second.Name);
        Assert.Equal("dvm", (await AcquireAsync("dom0")).Template!.Name);

        var call = new AdminPermission(qubes.Find("work"), "admin.vm.CreateDisposable", qubes.Find("dvm"), "", default);
        await world.OnLoop(() => world.Bus.Fire(call));
        await world.OnLoop(() => qubes.Find("work").Features.Remove("source-affinity"));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => world.OnLoop(() => world.Bus.Fire(call)));
        await world.OnLoop(() => qubes.Find("work").Tags.Remove("source-affinity"));
    }

    [Fact]
    public async Task A_viewer_is_kept_ready_while_documents_come()
    {
        Assert.Equal(1, (await shipped.AskAsync("source-affinity", await shipped.ViewAsync())).Count);
        Assert.Equal(6, (await shipped.AskAsync("source-affinity", await shipped.ViewAsync() with { Demand = new([Now], new double[24]) })).Count);
    }

    private Task<IQube> AcquireAsync(string by) => shipped.World.OnLoop(() =>
        shipped.World.Disposables.AcquireAsync(new(shipped.World.Qubes.Find("dvm"), shipped.World.Qubes.Find(by)), default));
}
