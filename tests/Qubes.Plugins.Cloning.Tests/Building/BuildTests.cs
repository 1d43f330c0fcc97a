using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Tests.Building;

/// <summary>A memory template is made, proven and used.</summary>
public sealed class BuildTests : CloningTest
{
    [Fact]
    public async Task After_the_first_boot_a_template_is_made_and_the_next_disposable_is_its_copy()
    {
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(2.5);
        Assert.Empty(World.Driver.Frozen);
        await Kernel.PassAsync(1);

        var status = await Kernel.StatusAsync();
        Assert.Equal("ready", status.State);
        Assert.Equal(12, status.Key!.Length);
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Equal(1, (await Kernel.StatusAsync()).Copies);
        Assert.Empty(await Kernel.HiddenAsync());
    }

    [Fact]
    public async Task What_is_frozen_is_nobody_in_particular()
    {
        await Kernel.BuildAsync();
        var frozen = Assert.Single(World.Driver.Frozen);
        Assert.True(frozen.IsFreezable);
        Assert.Equal("disposable", frozen.GuestParameters["name"]);
        Assert.Equal("DispVM", frozen.GuestParameters["type"]);
        Assert.NotEqual("", frozen.GuestParameters["user"]);
    }

    [Fact]
    public async Task It_is_warmed_up_sealed_frozen_and_proven_in_this_order()
    {
        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", "1");
        await Kernel.SetAsync("dvm", "disposable-clone-recipe", "my.Touch my.Load+office");
        await Kernel.BuildAsync();
        var calls = World.Guests.Calls.Select(c => c[(c.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ToList();
        Assert.Equal(["qubes.WaitForRunningSystem", "qubes.WarmUp", "my.Touch", "my.Load+office", "seal"], calls[..5]);
        Assert.StartsWith("identity ", calls[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_puts_the_making_off_and_a_host_that_is_never_quiet_only_so_long()
    {
        await Kernel.StartOneAsync();
        for (var second = 0; second < 28; second += 2)
        {
            Assert.Empty(World.Driver.Frozen);
            await Kernel.StartOneAsync();
            await Kernel.PassAsync(2);
        }
        await Kernel.StartOneAsync();
        await Kernel.PassAsync(2.5);
        Assert.Single(World.Driver.Frozen);
    }

    [Fact]
    public async Task Whoever_has_a_disposable_has_the_processors_until_it_ends_but_not_for_ever()
    {
        var works = await Kernel.StartOneAsync();
        await Kernel.PassAsync(20);
        Assert.Empty(World.Driver.Frozen);
        await Kernel.OnLoop(() => works.KillAsync(default));
        await Kernel.PassAsync(3);
        Assert.Single(World.Driver.Frozen);

        await Kernel.StartOneAsync("dvm2");
        await Kernel.PassAsync(29);
        Assert.Single(World.Driver.Frozen);
        await Kernel.PassAsync(2);
        Assert.Equal(2, World.Driver.Frozen.Count);
    }

    [Fact]
    public async Task A_disposable_that_is_paused_puts_nothing_off()
    {
        var waits = await Kernel.StartOneAsync();
        await Kernel.OnLoop(() => waits.PauseAsync(default));
        await Kernel.PassAsync(4);
        Assert.Single(World.Driver.Frozen);
    }

    [Fact]
    public async Task The_hidden_disposables_are_internal_nobodys_and_gone_afterwards()
    {
        List<string> seen = [];
        World.Guests.Sealing = (qube, _) =>
        {
            seen.AddRange([qube.Features["internal"], qube.Features["disposable-clone-in-progress"]]);
            Assert.DoesNotContain(qube.Tags, t => t.StartsWith("created-by", StringComparison.Ordinal));
            return Task.CompletedTask;
        };
        await Kernel.BuildAsync();
        Assert.Equal(["1", "1"], seen);
        Assert.Empty(await Kernel.HiddenAsync());
        Assert.Empty(World.Machines.Machines);
    }

    [Fact]
    public async Task A_template_whose_proof_fails_is_never_served_and_is_out_of_service()
    {
        World.Guests.Identifying = _ => throw new Sdk.Errors.QubeException("no entropy was credited");
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(60);
        var status = await Kernel.StatusAsync();
        Assert.Equal("refused", status.State);
        Assert.Contains("entropy", status.Reason!, StringComparison.Ordinal);
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Pool.FrozenKeys());
        Kernel.TakeFaults();

        World.Guests.Identifying = null;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(600);
        Assert.Equal("refused", (await Kernel.StatusAsync()).State);
        Assert.Single(World.Driver.Frozen);

        await Kernel.CallAsync("admin.memorytemplate.Build", "dvm");
        await Kernel.PassAsync(1);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_making_that_fails_is_tried_again_ever_more_seldom_and_leaves_nothing()
    {
        var tries = 0;
        World.Driver.Freezing = _ =>
        {
            tries++;
            throw new Sdk.Errors.QubeException("no room");
        };
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(5);
        Assert.Equal(("failed", "no room", 1), ((await Kernel.StatusAsync()).State, (await Kernel.StatusAsync()).Reason, tries));
        await Kernel.PassAsync(300);
        Assert.Equal(4, tries); // after 30, 60 and 120 seconds
        Assert.Empty(World.Pool.FrozenKeys());
        Assert.Empty(await Kernel.HiddenAsync());

        World.Driver.Freezing = null;
        await Kernel.PassAsync(300);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_driver_that_breaks_costs_a_try_and_no_more()
    {
        World.Driver.Freezing = _ => throw new InvalidOperationException("a defect");
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(5);
        Assert.Equal("failed", (await Kernel.StatusAsync()).State);
        Assert.NotEmpty(Kernel.TakeFaults());
        World.Driver.Freezing = null;
        await Kernel.PassAsync(40);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_warm_up_service_that_fails_or_hangs_does_not_stop_the_making()
    {
        await Kernel.SetAsync("dvm", "disposable-clone-recipe", "my.Fails my.Hangs my.Last");
        World.Guests.Serving = async (service, cancel) =>
        {
            if (service == "my.Hangs")
                await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
            return new Sdk.Guests.GuestServiceResult(service == "my.Fails" ? 3 : 0, default);
        };
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(120);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
        Assert.Contains(World.Guests.Calls, c => c.EndsWith(" my.Last", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disposable_that_starts_during_the_making_is_booted_at_once()
    {
        var release = new TaskCompletionSource();
        World.Guests.Sealing = (_, cancel) => release.Task.WaitAsync(cancel);
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(4);
        Assert.Equal("building", (await Kernel.StatusAsync()).State);
        Assert.False(await Kernel.IsCopiedAsync());
        release.SetResult();
        await Kernel.PassAsync(1);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_change_during_the_making_calls_it_off_and_another_one_is_made()
    {
        var release = new TaskCompletionSource();
        World.Guests.Sealing = (_, cancel) => release.Task.WaitAsync(cancel);
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(4);
        Assert.Single(await Kernel.HiddenAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Vcpus, 1));
        await Kernel.SettleAsync();
        Assert.Empty(await Kernel.HiddenAsync());

        release.SetResult();
        await Kernel.PassAsync(5);
        Assert.Equal(1, Assert.Single(World.Driver.Frozen).Vcpus);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task The_plugin_ends_in_the_midst_of_it_and_nothing_stays()
    {
        World.Guests.Sealing = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(4);
        await Kernel.StopPluginAsync();
        Assert.Empty(await Kernel.HiddenAsync());
        Assert.Empty(World.Driver.MemoryTemplates);
    }
}
