namespace Qubes.Tools.Convert;

/// <summary>Measures how long each stage took. Stages are entered in order; entering one that is past has no effect.</summary>
internal sealed class StageTimes(TimeProvider clock)
{
    private readonly Lock sync = new();
    private readonly TimeSpan[] spent = new TimeSpan[Enum.GetValues<Stage>().Length];
    private long entered = clock.GetTimestamp();
    private int current;
    private bool stopped;

    /// <summary>From the start until the result was in its place: everything but <see cref="Stage.Destroy"/>.</summary>
    public TimeSpan UntilResult
    {
        get
        {
            lock (sync)
                return this.spent[..(int)Stage.Destroy].Aggregate(TimeSpan.Zero, (sum, spent) => sum + spent);
        }
    }

    /// <summary>The time spent in a stage that has ended; zero for one that was not reached.</summary>
    public TimeSpan this[Stage stage]
    {
        get
        {
            lock (sync)
                return this.spent[(int)stage];
        }
    }

    /// <summary>Ends the current stage and begins <paramref name="stage"/>. May be called from any thread.</summary>
    public void Enter(Stage stage)
    {
        lock (sync)
        {
            if (stopped || (int)stage <= current)
                return;
            EndCurrent();
            current = (int)stage;
        }
    }

    /// <summary>Ends the last stage.</summary>
    public void Stop()
    {
        lock (sync)
        {
            if (!stopped)
                EndCurrent();
            stopped = true;
        }
    }

    private void EndCurrent()
    {
        long now = clock.GetTimestamp();
        this.spent[current] = clock.GetElapsedTime(entered, now);
        entered = now;
    }
}
