using Qubes.Plugins.Preload.Policies;

namespace Qubes.Plugins.Preload.Tests.Policies;

public sealed class DemandRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly DemandRecord record = new(new double[24]);

    private bool Note(double minutes)
    {
        record.Note(Noon.AddMinutes(minutes));
        return true;
    }

    [Fact]
    public void Requests_are_kept_for_an_hour()
    {
        Note(0);
        Note(30);
        record.Pass(Noon.AddMinutes(61));
        Assert.Equal([Noon.AddMinutes(30)], record.Seen.Recent);
    }

    [Fact]
    public void Only_the_newest_are_kept_of_a_flood()
    {
        for (var i = 0; i < 300; i++)
            Note(i / 1000.0);
        Assert.Equal(256, record.Seen.Recent.Count);
        Assert.Equal(Noon.AddMinutes(0.299), record.Seen.Recent[^1]);
    }

    [Fact]
    public void An_hours_busiest_minute_counts_three_tenths_of_a_day()
    {
        foreach (var minute in new[] { 5, 5.1, 5.2, 5.3, 40, 50 })
            Note(minute);
        Assert.False(record.Pass(Noon.AddMinutes(59)));
        Assert.True(record.Pass(Noon.AddMinutes(60)));
        Assert.Equal(1.2, record.UsualPeaks[12]);
        Note(24 * 60);
        record.Pass(Noon.AddMinutes(25 * 60));
        Assert.Equal(1.14, record.UsualPeaks[12]);
        Assert.Equal(0, record.UsualPeaks[13]);
    }

    [Fact]
    public void An_hour_that_nobody_watched_teaches_nothing()
    {
        Note(0);
        record.Pass(Noon.AddHours(1));
        var learnt = record.UsualPeaks.ToArray();

        Assert.False(record.Pass(Noon.AddHours(20)));

        Assert.Equal(learnt, record.UsualPeaks);
    }

    [Fact]
    public void A_quiet_day_lets_a_habit_fade()
    {
        var busy = new DemandRecord([.. Enumerable.Repeat(1.0, 24)]);
        busy.Pass(Noon);
        Assert.True(busy.Pass(Noon.AddHours(1)));
        Assert.Equal(0.7, busy.UsualPeaks[12]);
    }
}
