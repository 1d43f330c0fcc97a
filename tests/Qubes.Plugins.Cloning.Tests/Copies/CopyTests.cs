using NSubstitute;
using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Tests.Copies;

/// <summary>Which disposables begin as copies, and what becomes of copies that fail.</summary>
public sealed class CopyTests : CloningTest
{
    [Theory]
    [InlineData("dvm", "0")]
    [InlineData("dvm", "")]
    [InlineData("tmpl", "0")]
    public async Task An_owner_that_refuses_copies_has_its_disposables_booted_and_no_template_made(string qube, string value)
    {
        await Kernel.SetAsync(qube, "disposable-clone", value);
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(60);
        Assert.Empty(World.Driver.Frozen);
        Assert.Equal("off", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task An_owner_that_refuses_copies_later_gets_the_memory_back()
    {
        await Kernel.BuildAsync();
        await Kernel.SetAsync("dvm", "disposable-clone", "0");
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Pool.FrozenKeys());
        Assert.False(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task Preloads_are_booted_where_their_template_says_so_and_others_are_copies()
    {
        await Kernel.BuildAsync();
        await Kernel.SetAsync("tmpl", "preload-dispvm-clone", "");
        IQube? preload = null;
        var preloads = Substitute.For<IPreloads>();
        preloads.IsPreload(Arg.Any<IQube>()).Returns(call => call.Arg<IQube>() == preload);
        World.Others.Add(preloads);
        Assert.False(await Kernel.IsCopiedAsync(before: q => preload = q));
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.SetAsync("tmpl", "preload-dispvm-clone", "1");
        Assert.True(await Kernel.IsCopiedAsync(before: q => preload = q));
    }

    [Fact]
    public async Task A_driver_that_cannot_copy_boots()
    {
        World.CanClone = false;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(60);
        Assert.Equal("none", (await Kernel.StatusAsync()).State);
    }

    [Fact]
    public async Task A_disposable_with_an_ephemeral_volume_is_booted()
    {
        await Kernel.BuildAsync();
        Assert.False(await Kernel.IsCopiedAsync(before: q => q.Volumes.Single(v => v.Name == "volatile").OwnEphemeral = true));
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_disposable_with_settings_of_its_own_is_booted_and_nothing_is_made_for_it_again_and_again()
    {
        await Kernel.BuildAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await Kernel.IsCopiedAsync(before: q => q.Properties.Set(QubeProperties.Memory, 333)));
            await Kernel.PassAsync(40);
        }
        Assert.Single(World.Driver.Frozen);
        Assert.Equal("ready", (await Kernel.StatusAsync()).State);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task Memory_is_private_where_the_owner_wants_it()
    {
        await Kernel.SetAsync("dvm", "disposable-clone", "private");
        await Kernel.BuildAsync();
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(0.3);
        Assert.Equal(CloneMemory.Private, Assert.Single(World.Driver.Reserves).Memory);
        Assert.Equal("private", (await Kernel.StatusAsync()).Memory);
    }

    [Fact]
    public async Task Two_templates_never_share_memory()
    {
        await Kernel.BuildAsync("dvm");
        await Kernel.BuildAsync("dvm2");
        Assert.Equal(2, World.Driver.MemoryTemplates.Count);
        Assert.NotEqual((await Kernel.StatusAsync("dvm")).Key, (await Kernel.StatusAsync("dvm2")).Key);
    }

    [Fact]
    public async Task A_reserve_is_kept_taken_and_made_anew()
    {
        await Kernel.BuildAsync();
        var waits = Assert.Single(World.Driver.Reserves);
        Assert.Equal(1, (await Kernel.StatusAsync()).Reserve);
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Empty(World.Driver.Reserves); // the copy's caller comes first
        await Kernel.PassAsync(0.3);
        Assert.NotSame(waits, Assert.Single(World.Driver.Reserves));
        Assert.Equal(waits.Disks.Count, World.Pool.Prepared);
    }

    [Fact]
    public async Task A_reserve_rehearses_as_the_user_of_its_disposables_and_a_process_that_is_made_at_a_request_does_not()
    {
        await Kernel.BuildAsync();
        Assert.Equal(["- rehearse user"], World.Guests.Calls.Where(c => c.Contains("rehearse")));
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Single(World.Guests.Calls, c => c.Contains("rehearse"));
    }

    [Fact]
    public async Task Reserves_are_empty_where_that_is_chosen()
    {
        World.Section["rehearse"] = "no";
        Kernel = await Kernel.CrashAsync();
        await Kernel.BuildAsync();
        Assert.Single(World.Driver.Reserves);
        Assert.DoesNotContain(World.Guests.Calls, c => c.Contains("rehearse"));
    }

    [Fact]
    public async Task A_reserve_that_does_not_rehearse_to_the_end_is_not_kept()
    {
        World.Guests.Rehearsing = _ => throw new QubeException("it says something else");
        await Kernel.BuildAsync();
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_rehearsal_that_does_not_end_is_given_up()
    {
        World.Guests.Rehearsing = cancel => Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        await Kernel.BuildAsync();
        Assert.Single(World.Driver.Reserves);
        Assert.Equal(0, (await Kernel.StatusAsync()).Reserve);
        await Kernel.PassAsync(30);
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
    }

    [Fact]
    public async Task A_preload_leaves_the_reserve_to_those_who_wait()
    {
        await Kernel.BuildAsync();
        var waits = Assert.Single(World.Driver.Reserves);
        var preloads = Substitute.For<IPreloads>();
        preloads.IsPreload(Arg.Any<IQube>()).Returns(true);
        World.Others.Add(preloads);
        Assert.True(await Kernel.IsCopiedAsync());
        Assert.Same(waits, Assert.Single(World.Driver.Reserves));
    }

    [Fact]
    public async Task A_reserve_that_dies_is_cleared_away_and_the_next_request_is_served_all_the_same()
    {
        await Kernel.BuildAsync();
        await Kernel.StartOneAsync();
        await Kernel.PassAsync(0.3);
        World.Driver.Reserves.Single().Die();
        await Kernel.SettleAsync();
        Assert.Equal(0, World.Pool.Prepared);
        Assert.True(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(0.3);
        Assert.Single(World.Driver.Reserves);
    }

    [Fact]
    public async Task Without_room_for_a_reserve_disposables_are_still_copies()
    {
        await Kernel.BuildAsync();
        await Kernel.StartOneAsync();
        await Kernel.PassAsync(0.3);
        var fails = 0;
        World.Driver.Reserving = () => throw new QubeException($"no more processes, {++fails}");
        Assert.True(await Kernel.IsCopiedAsync()); // the last one that waits
        await Kernel.PassAsync(0.3);
        Assert.Equal(1, fails);
        Assert.False(await Kernel.IsCopiedAsync());
        Assert.Equal(0, World.Pool.Prepared);
        World.Driver.Reserving = null;
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_copy_without_an_identity_puts_the_template_out_of_service_and_its_disposable_is_booted()
    {
        await Kernel.BuildAsync();
        World.Guests.Identifying = _ => throw new QubeException("the clock could not be set");
        var qube = await Kernel.StartOneAsync();
        Assert.Equal(PowerState.Running, await Kernel.OnLoop(() => qube.PowerState));
        await Kernel.OnLoop(() => qube.KillAsync(default));
        var status = await Kernel.StatusAsync();
        Assert.Equal(("refused", 1L), (status.State, status.Failures));
        Assert.Contains("clock", status.Reason!, StringComparison.Ordinal);
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
        Kernel.TakeFaults();

        World.Guests.Identifying = null;
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(600);
        Assert.False(await Kernel.IsCopiedAsync());

        await Kernel.SetAsync("tmpl", "supported-rpc.qubes.WarmUp", ""); // nothing that it is made from
        await Kernel.PassAsync(10);
        Assert.Equal("refused", (await Kernel.StatusAsync()).State);
        Assert.Single(World.Driver.Frozen);

        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Memory, 500));
        await Kernel.PassAsync(10);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task A_copy_that_cannot_be_restored_is_booted_and_leaves_nothing()
    {
        await Kernel.BuildAsync();
        World.Driver.Restoring = _ => throw new QubeException("bad state");
        for (var i = 0; i < 2; i++)
        {
            Assert.False(await Kernel.IsCopiedAsync());
            Assert.Equal("ready", (await Kernel.StatusAsync()).State);
            Assert.Equal(0, World.Pool.Prepared);
        }
        Assert.False(await Kernel.IsCopiedAsync());
        Assert.Equal(("refused", 3L), ((await Kernel.StatusAsync()).State, (await Kernel.StatusAsync()).Failures));
    }

    [Fact]
    public async Task A_template_that_the_driver_has_lost_is_made_anew()
    {
        await Kernel.BuildAsync();
        await World.Driver.RemoveAsync(World.Driver.MemoryTemplates[0].Key, default);
        Assert.True(await Kernel.IsCopiedAsync()); // the one that was in reserve
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(10);
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task Two_dozen_copies_leave_nothing_when_they_have_ended()
    {
        await Kernel.BuildAsync();
        for (var i = 0; i < 24; i++)
        {
            var qube = await Kernel.StartOneAsync();
            Assert.Contains(qube.Name, World.Driver.Copies);
            await Kernel.OnLoop(() => qube.KillAsync(default));
        }
        await Kernel.SettleAsync();
        Assert.Equal(World.Driver.Reserves.Sum(r => r.Disks.Count), World.Pool.Prepared);
        Assert.Empty(World.Machines.Machines);
        Assert.Equal(24, (await Kernel.StatusAsync()).Copies);
    }
}
