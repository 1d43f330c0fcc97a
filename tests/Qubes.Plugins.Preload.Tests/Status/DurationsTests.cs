using Qubes.Plugins.Preload.Status;

namespace Qubes.Plugins.Preload.Tests.Status;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void A_percentile_is_the_value_that_so_many_do_not_exceed(double part, double value) =>
        Assert.Equal(value, Durations.Percentile(Enumerable.Range(1, 100).Reverse().Select(i => (double)i), part));

    [Fact]
    public void Of_nothing_there_is_none() => Assert.Null(Durations.Percentile([], 0.5));

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1.1, 1)]
    [InlineData(60_000, 14)]
    [InlineData(60_001, 15)]
    public void Each_falls_in_the_bucket_that_bounds_it(double milliseconds, int bucket)
    {
        var durations = new Durations();
        durations.Add(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(1, durations.Counts[bucket]);
        Assert.Equal(1, durations.Counts.Sum());
    }

    [Fact]
    public void Percentiles_are_of_the_last_ones_and_sums_of_all()
    {
        var durations = new Durations();
        for (var i = 0; i < 600; i++)
            durations.Add(TimeSpan.FromSeconds(i < 88 ? 1000 : 1));
        Assert.Equal((512, 1), (durations.Last.Count(), durations.Last.Max()));
        Assert.Equal((600, 88_512), (durations.Count, durations.Sum));
    }
}
