using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Preload.Tests.Failures;

/// <summary>A failed preload never poisons the next.</summary>
public sealed class RetryTests : PreloadTest
{
    private int tries;

    [Fact]
    public async Task After_a_failure_it_is_tried_again_by_itself()
    {
        FailFirst(1);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        Assert.Single(await Kernel.QueueAsync());

        await Kernel.PassAsync(1);

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        Assert.Null(await Kernel.WhyNotFullAsync());
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("0")]
    public async Task What_fails_and_fails_is_tried_ever_more_seldom_says_so_and_recovers_by_itself(string delay)
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", delay);
        FailFirst(int.MaxValue);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        await Kernel.PassAsync(1200);
        Assert.InRange(tries, 8, 20);
        Assert.Equal(BreakerState.Open, await Kernel.OnLoop(() => Kernel.Breakers.Of(Kernel.Qubes.Find("dvm")).State));
        Assert.Contains("starts in a row failed", await Kernel.WhyNotFullAsync());
        World.Hypervisor.Creating = null;
        await Kernel.PassAsync(300);

        Assert.Single(await Kernel.QueueAsync());
        Assert.Equal(BreakerState.Closed, await Kernel.OnLoop(() => Kernel.Breakers.Of(Kernel.Qubes.Find("dvm")).State));
    }

    [Fact]
    public async Task A_request_gets_a_fresh_one_meanwhile_and_causes_no_further_start()
    {
        FailFirst(int.MaxValue);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(600);
        var before = tries;

        Assert.Equal(PowerState.Halted, (await Kernel.AcquireAsync()).PowerState);
        await Kernel.PassAsync(10);

        Assert.Equal(before, tries);
    }

    [Fact]
    public async Task Setting_the_maximum_tries_at_once()
    {
        await FailLongAsync();

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");

        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
    }

    [Fact]
    public async Task A_template_that_was_committed_is_tried_after_the_usual_four_seconds()
    {
        await FailLongAsync();
        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").StartAsync(default));
        await Kernel.OnLoop(() => Kernel.Qubes.Find("tmpl").KillAsync(default));

        await Kernel.PassAsync(5);

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Asking_for_preloads_tries_at_once()
    {
        await FailLongAsync();

        await Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Preloads.FillAsync(Kernel.Qubes.Find("dvm"), default)), 5);

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task Another_template_is_not_held_up()
    {
        World.Hypervisor.Creating = spec =>
        {
            if (Kernel.Qubes.Find(spec.Name).Template?.Name == "dvm")
                throw new QubeException("no room");
        };
        await Kernel.SetAsync("dom0", "preload-dispvm-delay", "auto");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        await Kernel.SetAsync("dvm2", "preload-dispvm-max", "3");

        await Kernel.PassAsync(5);

        Assert.Equal(3, (await Kernel.QueueAsync("dvm2")).Length);
    }

    [Fact]
    public async Task What_was_discarded_while_it_started_is_no_failure()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(30);
        await PreloadAsync(1);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "0");

        Assert.Null(await Kernel.OnLoop(() => Kernel.Breakers.Of(Kernel.Qubes.Find("dvm")).Last));
    }

    [Fact]
    public Task A_machine_that_does_not_come_up() => FailsAsync(StartFailureKind.MachineFailed, () =>
        World.Hypervisor.Booting = (_, _) => throw new QubeException("no"));

    [Fact]
    public Task Too_little_memory() => FailsAsync(StartFailureKind.OutOfMemory, () =>
        World.Hypervisor.Booting = (_, _) => throw new OutOfMemoryQubeException("no"));

    [Fact]
    public Task A_machine_that_ends() => FailsAsync(StartFailureKind.MachineEnded, () => World.Guests.Serving = async (qube, _, cancel) =>
    {
        World.Hypervisor.MachineOf(qube.Name).End(Sdk.Hypervisors.MachineState.Crashed);
        await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        return new(0, default);
    });

    [Fact]
    public Task A_service_that_fails() => FailsAsync(StartFailureKind.ServiceFailed, () =>
        World.Guests.Serving = (_, _, _) => Task.FromResult(new GuestServiceResult(1, default)));

    [Fact]
    public Task A_service_that_hangs() => FailsAsync(StartFailureKind.ServiceTimedOut, () => World.Guests.Serving = async (_, _, cancel) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
        return new(0, default);
    });

    [Fact]
    public Task A_pause_that_fails() => FailsAsync(StartFailureKind.PauseFailed, () =>
        World.Hypervisor.Pausing = _ => throw new QubeException("no"));

    [Fact]
    public Task A_volume_that_is_refused() => FailsAsync(StartFailureKind.StorageFailed, () =>
    {
        foreach (var pool in World.Pools.Pools.Values)
            pool.Starting = _ => throw new StorageException("no");
    });

    private async Task FailsAsync(StartFailureKind kind, Action breakIt)
    {
        await Kernel.OnLoop(breakIt);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(60.2);

        var failure = await Kernel.OnLoop(() => Kernel.Breakers.Of(Kernel.Qubes.Find("dvm")).Last);
        Assert.Equal(kind, failure?.Kind);
    }

    private async Task FailLongAsync()
    {
        FailFirst(int.MaxValue);
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(1200);
        World.Hypervisor.Creating = null;
        Assert.Empty(await Kernel.QueueAsync());
    }

    private void FailFirst(int count) => World.Hypervisor.Creating = spec =>
    {
        if (spec.Class == QubeClass.DispVM && tries++ < count)
            throw new QubeException("no room");
    };
}
