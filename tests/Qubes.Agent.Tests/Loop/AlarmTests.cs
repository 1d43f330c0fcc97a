using Qubes.Agent.Loop;

namespace Qubes.Agent.Tests.Loop;

public sealed class AlarmTests
{
    [Fact]
    public void Alarms_ring_once_in_order_when_they_are_due_and_not_when_they_were_called_off()
    {
        var time = new ManualTime();
        using var loop = new EventLoop(time);
        var rung = new List<string>();
        loop.After(20, () => rung.Add("second"));
        loop.After(10, () => rung.Add("first"));
        var off = loop.After(15, () => rung.Add("never"));
        loop.After(30, () => rung.Add("third"));
        time.Advance(9);
        loop.Turn(mayWait: false);
        Assert.Empty(rung);
        off.CallOff();
        time.Advance(11);
        loop.Turn(mayWait: false);
        Assert.Equal(["first", "second"], rung);
        time.Advance(100);
        loop.Turn(mayWait: false);
        loop.Turn(mayWait: false);
        Assert.Equal(["first", "second", "third"], rung);
    }

    [Fact]
    public void The_loop_does_not_wait_for_events_after_an_alarm_made_something_ready()
    {
        var time = new ManualTime();
        using var loop = new EventLoop(time);
        var hasRung = false;
        loop.After(10, () => hasRung = true);
        time.Advance(10);
        // Nothing else is watched: if it waited, it would for ever.
        loop.Turn(mayWait: true);
        Assert.True(hasRung);
    }
}
