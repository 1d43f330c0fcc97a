namespace Qubes.Qrexec.Tests;

/// <summary>A clock whose timers fire only when told.</summary>
internal sealed class StepTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<StepTimer> timers = [];

    /// <summary>Fires every timer that is set.</summary>
    public void FireAll()
    {
        StepTimer[] due;
        lock (gate)
            due = [.. timers];
        foreach (var timer in due)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StepTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class StepTimer(StepTime owner, Action fire) : ITimer
    {
        public void Fire()
        {
            Dispose();
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner.gate)
            {
                owner.timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                    owner.timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner.gate)
                owner.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
