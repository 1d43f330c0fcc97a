using Qubes.Plugins.Preload.Failures;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Preload.Tests.Failures;

public sealed class BreakerTests
{
    private readonly VirtualTimeProvider clock = new();
    private readonly Breaker breaker;

    public BreakerTests() => breaker = new Breaker(clock, new Random(1));

    [Fact]
    public void Each_wait_is_up_to_twice_the_last_one_and_none_is_longer_than_five_minutes()
    {
        for (var most = 1.0; most < 2000; most *= 2)
        {
            Fail();
            Assert.InRange(breaker.Wait.TotalSeconds, Math.Min(most, 300) / 2, Math.Min(most, 300));
            clock.Advance(breaker.Wait);
        }
    }

    [Fact]
    public void It_backs_off_opens_after_five_failures_in_a_row_is_half_open_after_the_wait_and_closes_by_one_success()
    {
        Assert.Equal(BreakerState.Closed, breaker.State);
        for (var i = 1; i <= 5; i++)
        {
            Fail();
            Assert.Equal(i < 5 ? BreakerState.BackingOff : BreakerState.Open, breaker.State);
            Assert.False(breaker.MayTry);
            clock.Advance(breaker.Wait);
            Assert.Equal(BreakerState.HalfOpen, breaker.State);
        }
        breaker.Succeed(breaker.Failures);

        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.Null(breaker.Message);
        Assert.NotNull(breaker.Last);
    }

    [Fact]
    public void Those_that_failed_side_by_side_count_once_and_one_beside_them_that_succeeded_does_not_count()
    {
        breaker.Fail(0, Failure());
        breaker.Fail(0, Failure());
        breaker.Succeed(0);

        Assert.Equal(1, breaker.Failures);
        Assert.Equal(BreakerState.BackingOff, breaker.State);
    }

    [Fact]
    public void It_says_in_one_line_how_many_failed_why_and_when_the_next_is_tried()
    {
        Fail();
        Fail();

        Assert.Matches(@"^2 starts in a row failed, the last at 00:00:00 UTC \(ServiceFailed\): no; next try in [12] s$", breaker.Message);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.EndsWith("next try now", breaker.Message, StringComparison.Ordinal);
    }

    private void Fail() => breaker.Fail(breaker.Failures, Failure());

    private StartFailure Failure() => new(StartFailureKind.ServiceFailed, "no", "disp1", clock.GetUtcNow());
}
