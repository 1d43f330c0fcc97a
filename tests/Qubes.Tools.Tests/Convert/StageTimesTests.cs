using Qubes.Sdk.Testing.Time;
using Qubes.Tools.Convert;

namespace Qubes.Tools.Tests.Convert;

public sealed class StageTimesTests
{
    private readonly VirtualTimeProvider clock = new();

    [Fact]
    public void Each_stage_has_its_own_time_and_they_add_up()
    {
        var times = new StageTimes(clock);
        foreach (Stage stage in Enum.GetValues<Stage>().Skip(1))
        {
            clock.Advance(TimeSpan.FromMilliseconds((int)stage));
            times.Enter(stage);
        }

        clock.Advance(TimeSpan.FromMilliseconds(100));
        times.Stop();
        clock.Advance(TimeSpan.FromMilliseconds(1000));
        times.Stop();

        Assert.Equal(1, times[Stage.Acquire].TotalMilliseconds);
        Assert.Equal(4, times[Stage.Transfer].TotalMilliseconds);
        Assert.Equal(100, times[Stage.Destroy].TotalMilliseconds);
        Assert.Equal(1 + 2 + 3 + 4 + 5 + 6, times.UntilResult.TotalMilliseconds);
    }

    [Fact]
    public void A_stage_that_is_past_or_running_is_not_entered_again()
    {
        var times = new StageTimes(clock);
        times.Enter(Stage.Convert);
        clock.Advance(TimeSpan.FromMilliseconds(5));
        times.Enter(Stage.Transfer);
        times.Enter(Stage.Convert);
        clock.Advance(TimeSpan.FromMilliseconds(5));
        times.Stop();
        times.Enter(Stage.Write);

        Assert.Equal(10, times[Stage.Convert].TotalMilliseconds);
        Assert.Equal(TimeSpan.Zero, times[Stage.Transfer]);
        Assert.Equal(TimeSpan.Zero, times[Stage.Write]);
    }
}
