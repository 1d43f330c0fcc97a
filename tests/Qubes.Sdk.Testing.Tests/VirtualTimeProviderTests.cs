using Qubes.Sdk.Testing.Time;

namespace Qubes.Sdk.Testing.Tests;

public sealed class VirtualTimeProviderTests
{
    private readonly VirtualTimeProvider clock = new();

    [Fact]
    public void The_clock_stands_still()
    {
        var before = clock.GetUtcNow();

        Assert.Equal(before, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), clock.GetUtcNow() - before);
    }

    [Fact]
    public async Task A_delay_ends_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(10), clock);

        clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        await delay;
        Assert.Equal(0, clock.WaitingTimers);
    }

    [Fact]
    public void Timers_run_in_the_order_in_which_they_fall_due()
    {
        var order = new List<(string, TimeSpan)>();
        var start = clock.GetUtcNow();
        using var late = clock.CreateTimer(_ => order.Add(("late", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var soon = clock.CreateTimer(_ => order.Add(("soon", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("soon", TimeSpan.FromSeconds(1)), ("late", TimeSpan.FromSeconds(3))], order);
    }

    [Fact]
    public void A_period_repeats_until_it_is_disposed_of()
    {
        var ticks = 0;
        using (clock.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
            clock.Advance(TimeSpan.FromSeconds(6));
        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(3, ticks);
    }

    [Fact]
    public void A_timer_may_set_another_one_that_falls_due_in_the_same_step()
    {
        var second = false;
        using var first = clock.CreateTimer(
            _ => clock.CreateTimer(_ => second = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan),
            null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.True(second);
    }

    [Fact]
    public void A_cancellation_after_a_time_uses_the_clock()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMinutes(1), clock);

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void Time_does_not_run_backwards() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));
}
