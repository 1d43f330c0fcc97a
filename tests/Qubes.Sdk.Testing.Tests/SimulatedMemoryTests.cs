using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Sdk.Testing.Tests;

public sealed class SimulatedMemoryTests
{
    private const long MiB = 1 << 20;
    private readonly VirtualTimeProvider clock = new();
    private readonly SimulatedHypervisor hypervisor;

    public SimulatedMemoryTests() => hypervisor = new SimulatedHypervisor(clock);

    [Fact]
    public async Task A_guest_follows_at_once_unless_a_test_says_how_fast()
    {
        var machine = await CreateAsync();
        await machine.SetMemoryAsync(300 * MiB, default);
        Assert.Equal(300 * 1024, (await machine.MeasureAsync(default)).MemoryKiB);
        machine.BalloonSpeed = 50 * MiB;
        await machine.SetMemoryAsync(100 * MiB, default);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(150 * 1024, (await machine.MeasureAsync(default)).MemoryKiB);
        await machine.SetMemoryAsync(200 * MiB, default);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(200 * 1024, (await machine.MeasureAsync(default)).MemoryKiB);
        Assert.Equal((3, 200 * MiB), (machine.MemoryOrders, machine.MemoryTarget));
    }

    [Fact]
    public async Task A_guest_may_stop_following_and_begin_again()
    {
        hypervisor.BalloonSpeed = 0;
        var machine = await CreateAsync();
        await machine.SetMemoryAsync(400 * MiB, default);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(100 * 1024, (await machine.MeasureAsync(default)).MemoryKiB);
        machine.BalloonSpeed = MiB;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(101 * 1024, (await machine.MeasureAsync(default)).MemoryKiB);
    }

    [Fact]
    public async Task Looking_often_makes_nobody_slower()
    {
        hypervisor.BalloonSpeed = 3 * 1024;
        var machine = await CreateAsync();
        await machine.SetMemoryAsync(200 * MiB, default);
        for (var i = 0; i < 10_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(0.1));
            await machine.MeasureAsync(default);
        }

        Assert.InRange((await machine.MeasureAsync(default)).MemoryKiB, 100 * 1024 + 2, 100 * 1024 + 3);
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(0, false)]
    [InlineData(400, true)]
    public async Task The_memory_of_some_cannot_be_changed(int most, bool isFreezable)
    {
        var machine = (SimulatedMachine)await hypervisor.CreateAsync(Spec with { MostMemoryMiB = most, IsFreezable = isFreezable }, default);
        Assert.Equal(0, machine.MostMemoryBytes);
        await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(MiB, default));
    }

    [Fact]
    public async Task What_is_out_of_range_or_too_late_is_refused()
    {
        var machine = await CreateAsync();
        await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(0, default));
        await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(400 * MiB + 1, default));
        machine.End(MachineState.Crashed);
        await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(MiB, default));
        await Assert.ThrowsAsync<QubeException>(() => machine.MeasureAsync(default));
    }

    [Fact]
    public async Task A_test_can_have_an_order_fail_and_say_what_the_host_spends()
    {
        var machine = await CreateAsync();
        Assert.Equal(new HostMemory(100 * 1024, 100 * 1024, 0), (await machine.MeasureAsync(default)).Host);
        machine.HostMemory = new HostMemory(3, 1, 4);
        hypervisor.SettingMemory = (_, bytes, _) => throw new QubeException($"no {bytes}");
        Assert.Equal("no 7", (await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(7, default))).Message);
        Assert.Equal(new HostMemory(3, 1, 4), (await machine.MeasureAsync(default)).Host);
        Assert.Equal(0, machine.MemoryOrders);
    }

    private static MachineSpec Spec => new()
    {
        Name = "a",
        Uuid = Guid.NewGuid(),
        Class = QubeClass.AppVM,
        MemoryMiB = 100,
        Vcpus = 1,
        KernelDirectory = "/",
        KernelOptions = "",
        Volumes = [],
        GuestParameters = new Dictionary<string, string>(),
        ExpectsAgent = false,
    };

    private async Task<SimulatedMachine> CreateAsync() =>
        (SimulatedMachine)await hypervisor.CreateAsync(Spec with { MostMemoryMiB = 400 }, default);
}
