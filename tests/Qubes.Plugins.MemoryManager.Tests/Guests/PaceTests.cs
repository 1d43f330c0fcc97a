using Qubes.Plugins.MemoryManager.Guests;

namespace Qubes.Plugins.MemoryManager.Tests.Guests;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Some_changes_are_free_then_each_waits_for_its_time()
    {
        var pace = new Pace();
        for (var i = 1; i < Pace.AtOnce; i++)
            Assert.True(pace.Take(Start) <= Start);

        Assert.Equal(Start + Pace.Each, pace.Take(Start));
        Assert.Equal(Start + 2 * Pace.Each, pace.Take(Start + Pace.Each));
    }

    [Fact]
    public void However_many_were_not_waited_for_one_rest_is_enough()
    {
        var pace = new Pace();
        for (var i = 0; i < 100; i++)
            pace.Take(Start);

        Assert.Equal(Start + Pace.Each, pace.Take(Start));
    }

    [Fact]
    public void Rest_brings_all_of_them_back()
    {
        var pace = new Pace();
        for (var i = 0; i < Pace.AtOnce; i++)
            pace.Take(Start);

        var later = Start + Pace.AtOnce * Pace.Each;
        Assert.True(pace.Take(later) <= later);
    }
}
