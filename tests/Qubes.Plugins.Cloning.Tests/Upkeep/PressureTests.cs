using NSubstitute;
using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Cloning.Tests.Upkeep;

/// <summary>What is kept in reserve while the host is short of memory, and afterwards.</summary>
public sealed class PressureTests : CloningTest
{
    private readonly IMemoryBroker broker = Substitute.For<IMemoryBroker>();

    [Fact]
    public async Task Reserves_are_given_up_and_come_back_with_the_next_request_after_that()
    {
        await Kernel.BuildAsync();
        Assert.Single(World.Driver.Reserves);

        await PressAsync(MemoryPressure.High);
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(1);
        Assert.Empty(World.Driver.Reserves);

        await PressAsync(MemoryPressure.None);
        await Kernel.PassAsync(1);
        Assert.Empty(World.Driver.Reserves);
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(1);
        Assert.Single(World.Driver.Reserves);
    }

    [Fact]
    public async Task Where_memory_is_tight_what_there_is_stays_and_is_not_replaced()
    {
        await Kernel.BuildAsync();
        await PressAsync(MemoryPressure.Tight);
        Assert.Single(World.Driver.Reserves);
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(1);
        Assert.Empty(World.Driver.Reserves);
    }

    [Fact]
    public async Task One_that_is_being_made_meanwhile_is_not_kept()
    {
        var release = new TaskCompletionSource();
        World.Guests.Rehearsing = cancel => release.Task.WaitAsync(cancel);
        await Kernel.BuildAsync();
        Assert.Single(World.Driver.Reserves);
        await PressAsync(MemoryPressure.High);
        release.SetResult();
        await Kernel.PassAsync(1);
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
    }

    private async Task PressAsync(MemoryPressure pressure)
    {
        broker.Pressure.Returns(pressure);
        if (!World.Others.Contains(broker))
            World.Others.Add(broker);
        await Kernel.OnLoop(() => Kernel.Bus.Fire(new HostMemoryPressureChanged(pressure)));
        await Kernel.SettleAsync();
    }
}
