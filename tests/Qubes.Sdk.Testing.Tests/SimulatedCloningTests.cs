using NSubstitute;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors.Conformance;

namespace Qubes.Sdk.Testing.Tests;

public sealed class SimulatedCloningTests
{
    private static readonly string Key = new('e', 64);

    private readonly SimulatedHost host = new();

    private SimulatedHypervisor Hypervisor => host.Hypervisor;

    [Fact]
    public async Task The_simulated_hypervisor_holds_every_rule_but_for_disks()
    {
        await new HypervisorKit(host, host).AllAsync(default);
        Assert.Empty(Hypervisor.Machines);
        Assert.Empty(Hypervisor.Reserves);
        Assert.Empty(Hypervisor.MemoryTemplates);
    }

    [Fact]
    public async Task The_kit_notices_a_driver_that_breaks_rules()
    {
        host.Driver = Substitute.For<ICloningDriver>();
        var kit = new HypervisorKit(host, probe: null);
        var broken = await Assert.ThrowsAsync<HypervisorRuleException>(() => kit.AllAsync(default));
        foreach (var rule in kit.Rules)
            Assert.Contains(rule.Name, broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kit_notices_copies_that_share_what_they_write()
    {
        var leak = "frozen";
        var probe = Substitute.For<IGuestProbe>();
        probe.WriteAsync(default!, default, "", default).ReturnsForAnyArgs(call =>
        {
            leak = call.Arg<string>();
            return Task.CompletedTask;
        });
        probe.ReadAsync(default!, default, default).ReturnsForAnyArgs(_ => leak);
        var kit = new HypervisorKit(host, probe);
        await kit.CopiesAsync(default);
        await Assert.ThrowsAsync<HypervisorRuleException>(() => kit.IsolatesAsync(default));
    }

    [Fact]
    public async Task What_a_test_makes_fail_leaves_nothing()
    {
        var template = await FreezeAsync();
        Hypervisor.Reserving = (_, _) => throw new QubeException("full");
        await Assert.ThrowsAsync<QubeException>(() => Hypervisor.ReserveAsync(template, [], CloneMemory.Shared, default));
        Hypervisor.Reserving = null;
        Hypervisor.Restoring = (_, _) => throw new QubeException("broken");
        var reserved = await Hypervisor.ReserveAsync(template, [], CloneMemory.Private, default);
        Assert.Equal(CloneMemory.Private, Hypervisor.Reserves.Single().Kind);
        await Assert.ThrowsAsync<QubeException>(async () => await reserved.RestoreAsync(await host.DescribeAsync("copy", default), default));
        Assert.True(reserved.Lost.IsCompletedSuccessfully);
        Assert.Empty(Hypervisor.Reserves);
        Assert.Empty(Hypervisor.Machines);
    }

    [Fact]
    public async Task A_test_can_make_freezing_and_accepting_fail_and_lose_a_reserved_machine()
    {
        var template = await FreezeAsync();
        await (await Hypervisor.ReserveAsync(template, [], CloneMemory.Shared, default)).DisposeAsync();
        var lost = (SimulatedReserve)await Hypervisor.ReserveAsync(template, [], CloneMemory.Shared, default);
        lost.Lose();
        Assert.True(lost.Lost.IsCompletedSuccessfully);

        Hypervisor.Accepting = (_, _) => throw new QubeException("no identity");
        await using var reserved = await Hypervisor.ReserveAsync(template, [], CloneMemory.Shared, default);
        var copy = await reserved.RestoreAsync(await host.DescribeAsync("copy", default), default);
        await copy.BootAsync(default);
        await Assert.ThrowsAsync<QubeException>(() => copy.AcceptAsync(default));
        Assert.False(((SimulatedMachine)copy).IsAccepted);

        Hypervisor.Freezing = (_, _) => throw new QubeException("no space");
        await Hypervisor.RemoveAsync(Key, default);
        await Assert.ThrowsAsync<QubeException>(FreezeAsync);
        Assert.Empty(Hypervisor.MemoryTemplates);
    }

    private async Task<MemoryTemplate> FreezeAsync()
    {
        var machine = await Hypervisor.CreateAsync(await host.DescribeAsync("template", default) with { IsFreezable = true }, default);
        await machine.BootAsync(default);
        return await Hypervisor.FreezeAsync(machine, Key, _ => Task.CompletedTask, default);
    }
}
