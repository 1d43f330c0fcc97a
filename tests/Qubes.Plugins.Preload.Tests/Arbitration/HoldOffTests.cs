using Qubes.Plugins.Preload.Arbitration;

namespace Qubes.Plugins.Preload.Tests.Arbitration;

/// <summary>How long growth waits.</summary>
public sealed class HoldOffTests
{
    private readonly HoldOff holdOff = new();
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private void Pass(TimeSpan by) => now += by;

    private void PressAndCalm()
    {
        holdOff.Press(now);
        Pass(TimeSpan.FromSeconds(5));
        holdOff.Calm(now);
    }

    [Fact]
    public void It_begins_when_the_pressure_is_gone()
    {
        PressAndCalm();

        Assert.Equal(now + HoldOff.Shortest, holdOff.Until);
    }

    [Fact]
    public void It_doubles_when_pressure_comes_soon_after_growth_and_has_a_limit()
    {
        PressAndCalm();
        for (var expected = HoldOff.Shortest; expected < HoldOff.Longest; expected *= 2)
        {
            Assert.Equal(expected, holdOff.Length);
            Pass(holdOff.Length);
            holdOff.Grow(now);
            Pass(HoldOff.Soon);
            PressAndCalm();
        }
        Assert.Equal(HoldOff.Longest, holdOff.Length);
    }

    [Fact]
    public void Pressure_without_growth_before_does_not_lengthen_it()
    {
        for (var i = 0; i < 10; i++)
        {
            PressAndCalm();
            Pass(TimeSpan.FromSeconds(9));
        }
        Assert.Equal(HoldOff.Shortest, holdOff.Length);
    }

    [Fact]
    public void It_is_short_again_after_memory_was_enough_for_long()
    {
        PressAndCalm();
        holdOff.Grow(now);
        PressAndCalm();
        Assert.Equal(2 * HoldOff.Shortest, holdOff.Length);
        Pass(holdOff.Length);
        holdOff.Grow(now);
        Pass(HoldOff.Soon + TimeSpan.FromSeconds(1));

        PressAndCalm();

        Assert.Equal(HoldOff.Shortest, holdOff.Length);
    }
}
