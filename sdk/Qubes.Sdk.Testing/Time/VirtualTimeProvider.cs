namespace Qubes.Sdk.Testing.Time;

/// <summary>
/// A clock that stands still until it is told to advance. Timers that fall due run on the thread that advances it, in order of
/// their due time, so that a test decides what happens when. Safe to use from several threads.
/// </summary>
/// <param name="start">The time at first; by default 2026-01-01 00:00 UTC.</param>
public sealed class VirtualTimeProvider(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock sync = new();
    private readonly List<VirtualTimer> timers = [];
    private DateTimeOffset now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Timers that wait; zero when nothing is going to happen by itself.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (sync)
                return timers.Count;
        }
    }

    /// <summary>When the next timer falls due; null: none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (sync)
                return timers.Count == 0 ? null : timers.Min(t => t.Due);
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (sync)
            return now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and runs what falls due on the way, each at its own time.</summary>
    /// <param name="by">Zero or more.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetUtcNow() + by;
        while (TakeDue(until) is { } timer)
            timer.Fire();
        lock (sync)
            now = until;
    }

    private VirtualTimer? TakeDue(DateTimeOffset until)
    {
        lock (sync)
        {
            var timer = timers.MinBy(t => t.Due);
            if (timer is null || timer.Due > until)
                return null;
            now = timer.Due > now ? timer.Due : now;
            timers.Remove(timer);
            timer.Repeat(now, timers);
            return timer;
        }
    }

    private sealed class VirtualTimer(VirtualTimeProvider clock, Action callback) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.sync)
            {
                clock.timers.Remove(this);
                this.period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = clock.now + dueTime;
                clock.timers.Add(this);
                return true;
            }
        }

        public void Fire() => callback();

        public void Repeat(DateTimeOffset from, List<VirtualTimer> into)
        {
            if (period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero)
                return;
            Due = from + period;
            into.Add(this);
        }

        public void Dispose()
        {
            lock (clock.sync)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
