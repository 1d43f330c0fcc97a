using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Tests.Upkeep;

/// <summary>What a restarted daemon makes of what an earlier one left.</summary>
public sealed class RestartTests : CloningTest
{
    [Fact]
    public async Task A_proven_memory_template_is_ready_again()
    {
        await Kernel.BuildAsync();
        var key = (await Kernel.StatusAsync()).Key;
        Kernel = await Kernel.CrashAsync();
        Assert.Equal(("ready", key), ((await Kernel.StatusAsync()).State, (await Kernel.StatusAsync()).Key));
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Single(World.Driver.Frozen);
    }

    [Fact]
    public async Task One_whose_proof_did_not_end_is_removed()
    {
        var release = new TaskCompletionSource();
        World.Machines.Booting = (m, cancel) => World.Driver.Copies.Contains(m.Spec.Name) ? release.Task : Task.CompletedTask;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(5);
        Assert.Single(World.Driver.MemoryTemplates);
        Assert.Equal("building", (await Kernel.StatusAsync()).State);

        Kernel = await Kernel.CrashAsync(() => World.Machines.Booting = null);

        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Pool.FrozenKeys());
        Assert.Empty(await Kernel.HiddenAsync());
        Assert.Equal("none", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_hidden_disposable_is_removed()
    {
        World.Guests.Sealing = (_, _) => new TaskCompletionSource().Task;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(4);
        Assert.Single(await Kernel.HiddenAsync());
        World.Guests.Sealing = null;
        Kernel = await Kernel.CrashAsync();
        Assert.Empty(await Kernel.HiddenAsync());
        Assert.Empty(World.Machines.Machines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_without_the_other_is_removed_and_the_mark_with_it(bool driverLost)
    {
        await Kernel.BuildAsync();
        var key = World.Driver.MemoryTemplates[0].Key;
        var pool = World.Pool;
        Kernel = await Kernel.CrashAsync(() => (driverLost ? World.Driver.RemoveAsync(key, default) : pool.RemoveFrozenAsync(key, default)).GetAwaiter().GetResult());
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(pool.FrozenKeys());
        Assert.False(await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.ContainsKey("disposable-clone-proven")));
    }

    [Fact]
    public async Task What_nobody_owns_is_removed()
    {
        await Kernel.BuildAsync();
        Kernel = await Kernel.CrashAsync(() => World.Driver.Plant(new string('f', 64)));
        Assert.Single(World.Driver.MemoryTemplates);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_mark_on_a_qube_that_was_cloned_means_nothing()
    {
        await Kernel.BuildAsync();
        var mark = await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features["disposable-clone-proven"]);
        await Kernel.SetAsync("dvm2", "disposable-clone-proven", mark);
        Kernel = await Kernel.CrashAsync();
        Assert.Equal("none", (await Kernel.StatusAsync("dvm2")).State);
        Assert.Equal("ready", (await Kernel.StatusAsync("dvm")).State);
    }

    [Fact]
    public async Task One_that_became_outdated_while_no_daemon_ran_is_not_copied()
    {
        await Kernel.BuildAsync();
        Kernel = await Kernel.CrashAsync(() => World.Driver.Version = "2");
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(10);
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Single(World.Driver.MemoryTemplates);
    }
}
