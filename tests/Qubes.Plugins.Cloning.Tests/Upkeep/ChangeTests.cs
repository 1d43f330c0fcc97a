using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Tests.Upkeep;

/// <summary>Whatever a memory template is made from changes: no copy of the old one is made, and a new one is there soon.</summary>
public sealed class ChangeTests : CloningTest
{
    public static TheoryData<string> Changes =>
        ["memory", "vcpus", "kernel", "default kernel", "kernelopts", "default_user", "root", "private", "recipe", "warm-up", "driver", "size"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_gives_another_key_and_another_memory_template(string change)
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        await Kernel.BuildAsync();
        var before = (await Kernel.StatusAsync()).Key;

        await ChangeAsync(change);

        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(10);
        var after = await Kernel.StatusAsync();
        Assert.Equal("ready", after.State);
        Assert.NotEqual(before, after.Key);
        Assert.Single(World.Driver.MemoryTemplates);
        Assert.Single(World.Pool.FrozenKeys());
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task One_in_use_is_made_anew_before_anybody_asks()
    {
        await Kernel.BuildAsync();
        await ChangeAsync("memory");
        await Kernel.PassAsync(10);
        Assert.Equal(2, World.Driver.Frozen.Count);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_change_that_changes_nothing_costs_one_copy_and_no_boot()
    {
        await Kernel.BuildAsync();
        var copies = World.Driver.Copies.Count;
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Vcpus, Kernel.Qubes.Find("dvm").Properties.Get(QubeProperties.Vcpus)));
        await Kernel.PassAsync(10);
        Assert.Single(World.Driver.Frozen);
        Assert.Equal(copies + 1, World.Driver.Copies.Count);
        Assert.Empty(await Kernel.HiddenAsync());
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_removed_disposable_template_takes_its_memory_template_with_it()
    {
        await Kernel.BuildAsync("dvm2");
        await Kernel.OnLoop(async () =>
        {
            foreach (var disposable in Kernel.Qubes.Where(q => q.Class == QubeClass.DispVM).ToList())
                await disposable.KillAsync(default);
            await Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm2"), default);
        });
        await Kernel.SettleAsync();
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Driver.Reserves);
    }

    [Fact]
    public async Task A_disposable_template_is_removed_in_the_midst_of_the_making()
    {
        World.Guests.Sealing = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        await Kernel.CallAsync("admin.memorytemplate.Build", "dvm2");
        await Kernel.SettleAsync();
        Assert.Single(await Kernel.HiddenAsync());
        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm2"), default)).WaitAsync(TimeSpan.FromSeconds(20));
        await Kernel.SettleAsync();
        Assert.Empty(await Kernel.HiddenAsync());
    }

    private Task ChangeAsync(string change) => Kernel.OnLoop(async () =>
    {
        var dvm = Kernel.Qubes.Find("dvm");
        var tmpl = Kernel.Qubes.Find("tmpl");
        switch (change)
        {
            case "memory": dvm.Properties.Set(QubeProperties.Memory, 500); break;
            case "vcpus": dvm.Properties.Set(QubeProperties.Vcpus, 1); break;
            case "kernel": dvm.Properties.Set(QubeProperties.Kernel, "2.0"); break;
            case "default kernel": Kernel.Qubes.System.Set(SystemProperties.DefaultKernel, "2.0"); break;
            case "kernelopts": dvm.Properties.Set(QubeProperties.Kernelopts, "quiet"); break;
            case "default_user": dvm.Properties.Set(QubeProperties.DefaultUser, "somebody"); break;
            case "root": await CommitAsync(tmpl); break;
            case "private": await CommitAsync(dvm); break;
            case "recipe": dvm.Features.Set("disposable-clone-recipe", "my.Touch"); break;
            case "warm-up": dvm.Features.Set("disposable-clone-warm-up", ""); break;
            case "driver": World.Driver.Version = "2"; break;
            case "size": await ResizeAsync(tmpl); break;
            default: throw new ArgumentException(change);
        }
    });

    private static async Task CommitAsync(IQube qube)
    {
        await qube.StartAsync(default);
        await qube.KillAsync(default);
    }

    private static async Task ResizeAsync(IQube qube)
    {
        var root = qube.Volumes.Single(v => v.Name == "root");
        await root.Pool.ResizeAsync(root, root.Size * 2, default);
        root.Size *= 2;
    }
}
