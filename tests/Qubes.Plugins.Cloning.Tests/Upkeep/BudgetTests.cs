using Qubes.Plugins.Cloning.Tests.Worlds;

namespace Qubes.Plugins.Cloning.Tests.Upkeep;

/// <summary>All memory templates together keep within <c>[Cloning] budget</c>.</summary>
public sealed class BudgetTests : CloningTest
{
    [Fact]
    public async Task The_one_used_longest_ago_is_given_up()
    {
        World.Driver.MemoryBytes = 1500L << 20;
        await Kernel.BuildAsync("dvm");
        await Kernel.BuildAsync("dvm2");
        Assert.Equal("none", (await Kernel.StatusAsync("dvm")).State);
        Assert.Contains("budget", (await Kernel.StatusAsync("dvm")).Reason!, StringComparison.Ordinal);
        Assert.Single(World.Driver.MemoryTemplates);
        Assert.Single(World.Pool.FrozenKeys());
        Assert.True(await Kernel.IsCopiedAsync("dvm2"));
    }

    [Fact]
    public async Task One_that_is_larger_than_the_budget_is_not_kept_nor_made_again_and_again()
    {
        World.Driver.MemoryBytes = 3000L << 20;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(20);
        Assert.Equal("failed", (await Kernel.StatusAsync()).State);
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Single(World.Driver.Frozen);
    }
}
