using Qubes.Plugins.MemoryManager.Shrinking;
using Qubes.Plugins.MemoryManager.Tests.Worlds;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Tests.Shrinking;

public sealed class ShrinkTests : MemoryTest
{
    [Fact]
    public async Task A_qube_gives_back_what_it_does_not_prefer_and_is_left_alone_until_it_is_released()
    {
        await Kernel.StartAsync("one", 300);

        Assert.Equal(ShrinkOutcome.Done, await Kernel.FinishAsync(ShrinkAsync(default)));
        Assert.InRange(await Kernel.HasAsync("one"), 390, 390 * 1.1 + 1);

        await Kernel.SayAsync("one", 900);
        await Kernel.PassAsync(5);
        Assert.InRange(await Kernel.HasAsync("one"), 390, 390 * 1.1 + 1);

        await Kernel.OnLoop(() => Kernel.Broker.Release(Kernel.Find("one")));
        await Kernel.PassAsync(3);
        Assert.InRange(await Kernel.HasAsync("one"), 1170 - 16, 4096);
    }

    [Fact]
    public async Task Who_has_said_nothing_is_not_shrunk()
    {
        await Kernel.OnLoop(() => Kernel.Find("one").StartAsync(default));

        Assert.Equal(ShrinkOutcome.NotBalanced, await Kernel.FinishAsync(ShrinkAsync(default)));
        Assert.Equal(0, Kernel.MachineOf("one").MemoryOrders);
    }

    [Fact]
    public async Task A_halted_qube_is_not_shrunk() =>
        Assert.Equal(ShrinkOutcome.NotBalanced, await Kernel.FinishAsync(ShrinkAsync(default)));

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_guest_that_gives_too_little_ends_it_after_three_seconds_and_keeps_the_rest(long miBPerSecond)
    {
        await Kernel.StartAsync("one", 300);
        Kernel.MachineOf("one").BalloonSpeed = miBPerSecond * MiB;
        var begin = World.Clock.GetUtcNow();

        Assert.Equal(ShrinkOutcome.Stalled, await Kernel.FinishAsync(ShrinkAsync(default)));

        Assert.InRange((World.Clock.GetUtcNow() - begin).TotalSeconds, 2.9, 4);
        await Kernel.PassAsync(10);
        Assert.InRange(await Kernel.HasAsync("one"), 1024 - 4 * miBPerSecond, 1024);
    }

    [Fact]
    public async Task It_is_given_up_at_once_when_the_qube_is_wanted()
    {
        await Kernel.StartAsync("one", 300);
        Kernel.MachineOf("one").BalloonSpeed = 100 * MiB;
        using var wanted = new CancellationTokenSource();
        var shrink = ShrinkAsync(wanted.Token);
        await Kernel.PassAsync(1);

        await wanted.CancelAsync();
        await Kernel.SettleAsync();

        Assert.True(shrink.IsCanceled);
        await Kernel.PassAsync(5);
        Assert.InRange(await Kernel.HasAsync("one"), 900, 1024);
        Assert.Contains("\"balanced\"", await Kernel.CallAsync("admin.memory.Status", "one"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_steady_shrink_ends_at_its_limit()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var progress = new ShrinkProgress(start);
        for (var tenths = 0; tenths < 150; tenths++)
            Assert.False(progress.IsStalled((100_000L - tenths * 20) << 20, start.AddSeconds(tenths / 10.0)));

        Assert.True(progress.IsStalled(90_000L << 20, start + Shrinker.Limit));
    }

    private Task<ShrinkOutcome> ShrinkAsync(CancellationToken cancel) =>
        Kernel.OnLoop(() => Kernel.Broker.ShrinkAsync(Kernel.Find("one"), cancel));
}
