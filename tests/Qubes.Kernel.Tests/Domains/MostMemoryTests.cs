using NSubstitute;
using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>How much memory a machine is told that it may have later.</summary>
public sealed class MostMemoryTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
        foreach (var name in (string[])["tmpl", "work"])
        {
            await kernel.OnLoop(() => kernel.Qubes.Find(name).Properties.Reset("maxmem"));
            await kernel.OnLoop(() => kernel.Qubes.Find(name).Properties.Set(QubeProperties.Memory, 100));
        }
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public async Task Where_nobody_balances_a_machine_keeps_what_it_starts_with() => Assert.Equal(0, await StartAsync("work"));

    [Fact]
    public async Task A_maxmem_that_nobody_chose_gives_three_times_the_memory()
    {
        Balance();
        Assert.Equal(300, await StartAsync("work"));
    }

    [Fact]
    public async Task A_disposable_gets_twice_its_memory()
    {
        Balance();
        var disposable = await kernel.AcquireAsync();
        await kernel.OnLoop(() => disposable.StartAsync(default));
        var spec = kernel.Hypervisor.MachineOf(disposable.Name).Spec;
        Assert.Equal(2 * spec.MemoryMiB, spec.MostMemoryMiB);
    }

    [Theory]
    [InlineData("work")]
    [InlineData("tmpl")]
    public async Task A_maxmem_that_was_chosen_is_honoured_also_where_the_template_has_it(string where)
    {
        Balance();
        await kernel.OnLoop(() => kernel.Qubes.Find(where).Properties.Set(QubeProperties.Maxmem, 2500));
        Assert.Equal(2500, await StartAsync("work"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(100)]
    public async Task A_maxmem_that_is_no_more_than_the_memory_gives_nothing(int most)
    {
        Balance();
        await kernel.OnLoop(() => kernel.Qubes.Find("work").Properties.Set(QubeProperties.Maxmem, most));
        Assert.Equal(0, await StartAsync("work"));
    }

    private void Balance() => kernel.World.Add(Substitute.For<IMemoryBroker>());

    private async Task<int> StartAsync(string name)
    {
        await kernel.OnLoop(() => kernel.Qubes.Find(name).StartAsync(default));
        return kernel.Hypervisor.MachineOf(name).Spec.MostMemoryMiB;
    }
}
