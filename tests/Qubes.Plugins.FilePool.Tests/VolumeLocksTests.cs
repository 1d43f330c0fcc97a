namespace Qubes.Plugins.FilePool.Tests;

public sealed class VolumeLocksTests
{
    [Fact]
    public async Task One_volume_is_worked_on_by_one_at_a_time_and_others_are_free()
    {
        var locks = new VolumeLocks();
        var first = await locks.EnterAsync("a", default);
        var second = locks.EnterAsync("a", default);
        using (await locks.EnterAsync("b", default))
            Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
        Assert.Equal(0, locks.Count);
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_nothing_behind()
    {
        var locks = new VolumeLocks();
        using var giveUp = new CancellationTokenSource();
        var first = await locks.EnterAsync("a", default);
        var second = locks.EnterAsync("a", giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        Assert.Equal(0, locks.Count);
    }
}
