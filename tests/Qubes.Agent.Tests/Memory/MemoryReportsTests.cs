using Qubes.Agent.Loop;
using Qubes.Agent.Memory;

namespace Qubes.Agent.Tests.Memory;

public sealed class MemoryReportsTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly EventLoop loop;
    private readonly MemoryReports reports;
    private readonly List<uint> told = [];
    private long? use = 100_000;
    private int looks;

    public MemoryReportsTests()
    {
        loop = new EventLoop(time);
        reports = new MemoryReports(loop, Measure, time);
    }

    public void Dispose() => loop.Dispose();

    [Fact]
    public void The_first_report_comes_at_once_and_another_when_the_use_has_changed_by_something()
    {
        reports.Begin(1000, told.Add);
        Assert.Equal([100_000u], told);
        use = 101_900; // 1.9 %
        Pass(5000);
        Assert.Equal([100_000u], told);
        use = 102_000;
        Pass(1000);
        use = 99_000;
        Pass(1000);
        Assert.Equal([100_000u, 102_000, 99_000], told);
    }

    [Fact]
    public void Little_memory_counts_in_whole_megabytes()
    {
        use = 5000;
        reports.Begin(1000, told.Add);
        use = 6023;
        Pass(3000);
        Assert.Equal([5000u], told);
        use = 6024;
        Pass(1000);
        Assert.Equal([5000u, 6024], told);
    }

    [Fact]
    public void An_idle_guest_reports_every_half_minute_and_looks_once_a_second_whatever_the_period()
    {
        reports.Begin(100, told.Add);
        Pass(61_000);
        Assert.Equal(3, told.Count);
        Assert.InRange(looks, 60, 63);
    }

    [Fact]
    public void A_busy_one_is_looked_at_as_often_as_was_asked()
    {
        reports.Begin(100, told.Add);
        for (var i = 0; i < 20; i++)
        {
            use += 5000;
            Pass(100);
        }

        Assert.InRange(told.Count, 10, 21);
    }

    [Fact]
    public void A_stall_is_told_at_once_but_no_ten_in_a_second()
    {
        reports.Begin(10_000, told.Add);
        Pass(500);
        use += 100;
        reports.Stalled();
        Assert.Equal([100_000u, 100_100], told);
        use += 100;
        reports.Stalled();
        Assert.Equal(2, told.Count);
        Pass(100);
        reports.Stalled();
        Assert.Equal([100_000u, 100_100, 100_200], told);
    }

    [Fact]
    public void Nothing_is_told_after_the_end_nor_looked_at()
    {
        reports.Begin(1000, told.Add);
        reports.Stop();
        use = 500_000;
        reports.Stalled();
        Pass(60_000);
        Assert.Equal(1, looks);
        Assert.Single(told);
        Assert.False(reports.IsAsked);
    }

    [Fact]
    public void A_new_period_takes_the_place_of_the_old_one()
    {
        reports.Begin(100, told.Add);
        reports.Begin(5000, told.Add);
        Assert.Equal(2, looks);
        Pass(4900);
        Assert.Equal(2, looks);
        Pass(200);
        Assert.Equal(3, looks);
    }

    [Fact]
    public void A_look_that_fails_is_followed_by_others()
    {
        use = null;
        reports.Begin(1000, told.Add);
        Pass(2000);
        use = 7000;
        Pass(1000);
        Assert.Equal([7000u], told);
    }

    private long? Measure()
    {
        looks++;
        return use;
    }

    private void Pass(int milliseconds)
    {
        for (var left = milliseconds; left > 0; left -= 100)
        {
            time.Advance(Math.Min(left, 100));
            loop.Turn(mayWait: false);
        }
    }
}
