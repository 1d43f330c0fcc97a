using NSubstitute;
using Qubes.Plugins.Preload.Policies;
using Qubes.Plugins.Preload.Status;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Policies;

public sealed class PolicyTests : PreloadTest
{
    private const string Policy = "preload-dispvm-policy";

    private async Task<int> CountAsync(string template = "dvm") => (await Kernel.QueueAsync(template)).Length;

    private Task<TemplateStatus> StatusAsync() => Kernel.OnLoop(() => Kernel.Part<StatusReader>().Of(Kernel.Qubes.Find("dvm")));

    // In the steps in which policies are asked, which is all that happens meanwhile.
    private async Task QuietAsync(double minutes)
    {
        for (var i = 0; i < minutes * 2; i++)
        {
            World.Clock.Advance(TimeSpan.FromSeconds(30));
            await Kernel.SettleAsync();
        }
    }

    private IPreloadPolicy Offer(Func<PreloadView, PreloadTarget> answer)
    {
        var policy = Substitute.For<IPreloadPolicy>();
        policy.Name.Returns("theirs");
        policy.TargetOf(Arg.Any<PreloadView>()).Returns(call => answer(call.Arg<PreloadView>()));
        return World.OthersPolicy = policy;
    }

    [Theory]
    [InlineData("dvm")]
    [InlineData("dom0")]
    public async Task A_name_that_no_policy_has_is_refused(string qube)
    {
        var refusal = await Assert.ThrowsAsync<InvalidValueException>(() => Kernel.SetAsync(qube, Policy, "adaptativ"));
        Assert.Equal("Feature preload-dispvm-policy is one of adaptive, static, not 'adaptativ'", refusal.Message);
    }

    [Fact]
    public async Task An_empty_name_is_none()
    {
        await Kernel.SetAsync("dvm", Policy, "");
        Assert.Equal("static", (await StatusAsync()).Policy);
    }

    [Fact]
    public async Task Choosing_a_policy_cuts_the_queue_to_its_target_and_choosing_another_fills_it()
    {
        var queue = await PreloadAsync(3);

        await Kernel.SetAsync("dvm", Policy, "adaptive");
        Assert.Equal(queue[..1], await Kernel.QueueAsync());

        await Kernel.SetAsync("dvm", Policy, "static");
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task The_hosts_policy_counts_where_the_template_has_none()
    {
        await PreloadAsync(2);
        await Kernel.SetAsync("dvm2", Policy, "static");
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "2");

        await Kernel.SetAsync("dom0", Policy, "adaptive");
        Assert.Equal((1, 2), (await CountAsync(), await CountAsync("dvm2")));

        await Kernel.OnLoop(() => Kernel.Qubes.AdminVm.Features.Remove(Policy));
        await Kernel.SettleAsync();
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_burst_raises_the_target_and_the_queue_shrinks_again_when_it_is_over()
    {
        await Kernel.SetAsync("dvm", Policy, "adaptive");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "5");
        Assert.Equal(1, await CountAsync());

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Kernel.AcquireAsync()));
        await QuietAsync(1);
        Assert.Equal(3, await CountAsync());

        await QuietAsync(30);
        Assert.Equal(1, await CountAsync());
        Assert.Equal("at least one", (await StatusAsync()).TargetReason);
    }

    [Fact]
    public async Task A_request_that_finds_more_than_are_wanted_does_not_keep_them_from_being_cut()
    {
        var wanted = 3;
        Offer(_ => new(wanted, "as told"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "-1");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");

        wanted = 1;
        await Kernel.AcquireAsync();
        Assert.Equal(2, await CountAsync());
        await QuietAsync(0.5);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Static_wants_the_maximum_whatever_is_asked_for()
    {
        await PreloadAsync(3);
        await QuietAsync(20);
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task The_maximum_bounds_every_policy()
    {
        Offer(view => new(view.Max + 1, "more"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Equal(2, await CountAsync());
        Assert.Equal("it wants 3, which is not within 0 to 2", (await StatusAsync()).Message);
    }

    [Fact]
    public async Task A_policy_that_throws_costs_nobody_a_preload()
    {
        Offer(_ => throw new InvalidTimeZoneException("no sun"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Equal(2, await CountAsync());
        var status = await StatusAsync();
        Assert.Equal(("it failed: no sun", "ready"), (status.Message, status.State));
    }

    [Theory]
    [InlineData(false, "it wants 7, which is not within 0 to 3")]
    [InlineData(true, "it failed: no sun")]
    public async Task The_last_good_decision_holds_when_a_policy_fails(bool throws, string why)
    {
        var isGood = true;
        Offer(_ => isGood ? new(2, "two") : throws ? throw new InvalidTimeZoneException("no sun") : new(7, "seven"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");

        isGood = false;
        await QuietAsync(2);

        Assert.Equal(2, await CountAsync());
        var status = await StatusAsync();
        Assert.Equal((why, "two"), (status.Message, status.TargetReason));
        isGood = true;
        await QuietAsync(1);
        Assert.Null((await StatusAsync()).Message);
    }

    [Fact]
    public async Task What_a_policy_decides_by_itself_is_followed_at_once()
    {
        Offer(_ => new(1, "asked"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        Assert.Equal(1, await CountAsync());

        await DecideAsync("theirs", new(3, "by itself"));
        Assert.Equal(3, await CountAsync());
        await DecideAsync("another", new(1, "not asked for"));
        Assert.Equal(3, await CountAsync());
        await DecideAsync("theirs", new(2, "earlier") { Fault = "it is switched off" });
        Assert.Equal((2, "it is switched off"), (await CountAsync(), (await StatusAsync()).Message));
    }

    private async Task DecideAsync(string policy, PreloadTarget target)
    {
        await Kernel.OnLoop(() => Kernel.Bus.Fire(new PreloadDecided(Kernel.Qubes.Find("dvm"), policy, target)));
        await Kernel.SettleAsync();
    }

    [Fact]
    public async Task A_policy_sees_power_network_and_what_was_announced()
    {
        PreloadView? seen = null;
        Offer(view => new((seen = view).Max, "all"));
        World.Pressure = MemoryPressure.None;
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        var demand = World.Announced = new Announced { Count = 4 };
        await QuietAsync(1);
        Assert.Equal((new PreloadBatch(4, 4, null), (PowerState?)null), (seen!.Batch, seen.NetvmState));
        demand.Count = 2;
        await QuietAsync(1);
        Assert.Equal(new PreloadBatch(2, 4, null), seen.Batch);
        demand.Count = 0;
        await QuietAsync(1);
        Assert.Equal((0, 4), (seen.Batch.Outstanding, seen.Batch.Largest));
        Assert.NotNull(seen.Batch.EndedAt);
    }

    [Fact]
    public async Task The_maximum_counts_while_the_plugin_of_the_policy_is_away()
    {
        var theirs = Offer(_ => new(1, "one"));
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        Assert.Equal(1, await CountAsync());

        World.OthersPolicy = null;
        await QuietAsync(1);
        Assert.Equal(2, await CountAsync());
        Assert.Equal("no active plugin or script has it", (await StatusAsync()).Message);

        World.OthersPolicy = theirs;
        await QuietAsync(1);
        Assert.Equal(1, await CountAsync());
        Assert.Null((await StatusAsync()).Message);
    }

    [Fact]
    public async Task A_policy_sees_what_is_there_and_what_was_asked_for()
    {
        PreloadView? seen = null;
        Offer(view => new((seen = view).Max, "all"));
        World.AvailableBytes = 10L << 30;
        await Kernel.SetAsync("dom0", "preload-dispvm-threshold", "1024");
        await Kernel.SetAsync("dvm", Policy, "theirs");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await QuietAsync(0.5);

        await Kernel.AcquireAsync();

        Assert.Equal((2, 2, 0, 2), (seen!.Max, seen.Ready, seen.Starting, seen.Queued));
        Assert.Equal((9L << 30, 400L << 20), (seen.AvailableBytes, seen.BytesEach));
        Assert.Equal([World.Clock.GetUtcNow()], seen.Demand.Recent);
        Assert.Equal(24, seen.Demand.UsualPeaks.Count);
    }

    [Fact]
    public async Task What_an_hour_taught_is_known_after_a_restart()
    {
        await Kernel.SetAsync("dvm", Policy, "adaptive");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "9");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Kernel.AcquireAsync()));
        World.Clock.Advance(TimeSpan.FromHours(1));
        await Kernel.SettleAsync();

        Kernel = await Kernel.CrashAsync();

        var usual = await Kernel.OnLoop(() => Kernel.Part<DemandRecords>().Of(Kernel.Qubes.Find("dvm")).UsualPeaks);
        Assert.Equal(1.2, usual[0]);
        Assert.StartsWith("1.2,0,0,", await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features["preload-dispvm-demand"]));
    }
}
