using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests;

/// <summary>What a real guest has of its memory, and what that costs the host.</summary>
[Collection("guests")]
public sealed class MemoryTests : IAsyncLifetime
{
    private const int Least = 128;
    private const int Most = 384;
    private const long MiB = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // an upper bound, not a pace
    private readonly GuestHost host = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Memory_that_a_guest_frees_or_gives_back_is_the_hosts_again_and_it_can_have_it_back()
    {
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec() with { MostMemoryMiB = Most }, default);
        await machine.BootAsync(default);
        await UntilAsync(machine, usage => usage.MemoryKiB == Least << 10);
        using var agent = new AgentPort(machine.AgentSocketPath);
        Assert.Equal("ready", await agent.AskAsync("$B mkdir /t; $B mount -t tmpfs -o size=300m t /t; echo ready"));
        var idle = (await machine.MeasureAsync(default)).Host!;
        Assert.InRange(idle.PrivateKiB, 32 << 10, idle.ProportionalKiB);

        await machine.SetMemoryAsync(Most * MiB, default);
        await UntilAsync(machine, usage => usage.MemoryKiB == Most << 10);
        Assert.Equal("full", await agent.AskAsync("$B dd if=/dev/zero of=/t/f bs=1M count=160 2>/dev/null; echo full"));
        // At once, although its pages were added up just before: whoever balances memory decides by it.
        Assert.InRange((await machine.MeasureAsync(default)).Host!.ProportionalKiB - idle.ProportionalKiB, 150 << 10, 200 << 10);

        Assert.Equal("gone", await agent.AskAsync("$B rm /t/f; echo gone"));
        await machine.SetMemoryAsync(Least * MiB, default);
        await UntilAsync(machine, usage => usage.MemoryKiB == Least << 10 && usage.Host!.ProportionalKiB - idle.ProportionalKiB < 40 << 10);

        await machine.SetMemoryAsync(Most * MiB, default);
        await UntilAsync(machine, usage => usage.MemoryKiB == Most << 10);
        Assert.Equal("full", await agent.AskAsync("$B dd if=/dev/zero of=/t/f bs=1M count=160 2>/dev/null && echo full"));
        await machine.KillAsync(default);
        await Assert.ThrowsAsync<QubeException>(() => machine.MeasureAsync(default));
        await Assert.ThrowsAsync<QubeException>(() => machine.SetMemoryAsync(MiB, default));
    }

    [Fact]
    public async Task What_a_machine_may_have_later_is_no_part_of_what_it_is_frozen_as()
    {
        var driver = (ICloningDriver)host.Driver;
        var spec = GuestHost.Spec() with { IsFreezable = true };
        Assert.Equal(await driver.KeyOfAsync(spec, default), await driver.KeyOfAsync(spec with { MostMemoryMiB = Most }, default));
    }

    private static async Task UntilAsync(IMachine machine, Func<MachineUsage, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await machine.MeasureAsync(default) is var usage && !isSo(usage))
        {
            Assert.False(patience.IsCancellationRequested, $"it is {usage}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
