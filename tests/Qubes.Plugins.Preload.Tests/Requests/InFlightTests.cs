using Qubes.Plugins.Preload.Tests.Worlds;

namespace Qubes.Plugins.Preload.Tests.Requests;

/// <summary>While a request waits for its disposable, no preload is begun; requests are for <c>dvm2</c>, which preloads none.</summary>
public sealed class InFlightTests : PreloadTest
{
    [Theory]
    [InlineData("auto", 10)]
    [InlineData("0", 0)]
    public async Task A_refill_waits_for_a_fresh_disposable_until_its_agent_answers_and_with_auto_for_its_use(string delay, int use)
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", delay);
        var fresh = await Kernel.AcquireAsync("dvm2");
        var start = Kernel.OnLoop(() => fresh.StartAsync(default));

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(4 + use);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(2);

        Assert.Single(await Kernel.QueueAsync());
        await Kernel.FinishAsync(start);
    }

    [Fact]
    public async Task It_does_not_wait_for_one_that_is_gone()
    {
        var fresh = await Kernel.AcquireAsync("dvm2");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        Assert.Empty(await Kernel.QueueAsync());

        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(fresh, default));
        await Kernel.SettleAsync();

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task It_waits_two_seconds_for_one_that_nobody_starts()
    {
        await Kernel.AcquireAsync("dvm2");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");

        await Kernel.PassAsync(1.5);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(1);

        Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task It_waits_half_a_minute_at_most_however_long_requests_take()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(50);
        var fresh = await Kernel.AcquireAsync("dvm2");
        var start = Kernel.OnLoop(() => fresh.StartAsync(default));

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(29);
        Assert.Empty(await Kernel.QueueAsync());
        await Kernel.PassAsync(2);

        Assert.Single(await Kernel.QueueAsync());
        await Kernel.FinishAsync(start);
    }

    [Fact]
    public async Task A_request_that_waits_for_a_boot_counts_until_it_is_served_or_has_left()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(5);
        await PreloadAsync(1);
        using var leaving = new CancellationTokenSource();
        var first = Kernel.AcquireAsync(cancel: leaving.Token);
        await Kernel.SettleAsync();
        Assert.Equal(1, await Kernel.OnLoop(() => Kernel.Requests.Count));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Kernel.FinishAsync(first));

        Assert.Equal(0, await Kernel.OnLoop(() => Kernel.Requests.Count));
    }

    [Fact]
    public async Task It_is_quiet_when_none_has_been_in_flight_for_a_quarter_of_a_second()
    {
        await Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Requests.WhenQuietAsync(default)));
        var request = await Kernel.OnLoop(() => Kernel.Requests.Begin(Kernel.Qubes.Find("dvm2")!));
        var quiet = Kernel.OnLoop(() => Kernel.Requests.WhenQuietAsync(default));
        await Kernel.PassAsync(5);
        Assert.False(quiet.IsCompleted);

        await Kernel.OnLoop(() =>
        {
            request.Dispose();
            return 0;
        });
        await Kernel.PassAsync(0.2);
        Assert.False(quiet.IsCompleted);
        await Kernel.PassAsync(0.1);

        await Kernel.FinishAsync(quiet);
    }

    [Fact]
    public async Task Quiet_is_waited_for_half_a_minute_at_most()
    {
        await Kernel.OnLoop(() => Kernel.Requests.Begin(Kernel.Qubes.Find("dvm2")!));
        var quiet = Kernel.OnLoop(() => Kernel.Requests.WhenQuietAsync(default));
        await Kernel.PassAsync(29);
        Assert.False(quiet.IsCompleted);
        await Kernel.PassAsync(2);

        await Kernel.FinishAsync(quiet);
    }
}
