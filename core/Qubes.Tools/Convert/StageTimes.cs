namespace Qubes.Tools.Convert;

/// <summary>Measures how long each stage took. Stages are entered in order; entering one that is past has no effect.</summary>
internal sealed class StageTimes(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan[] _spent = new TimeSpan[Enum.GetValues<Stage>().Length];
    private long _entered = clock.GetTimestamp();
    private int _current;
    private bool _stopped;

    /// <summary>From the start until the result was in its place: everything but <see cref="Stage.Destroy"/>.</summary>
    public TimeSpan UntilResult
    {
        get
        {
            lock (_lock)
                return _spent[..(int)Stage.Destroy].Aggregate(TimeSpan.Zero, (sum, spent) => sum + spent);
        }
    }

    /// <summary>The time spent in a stage that has ended; zero for one that was not reached.</summary>
    public TimeSpan this[Stage stage]
    {
        get
        {
            lock (_lock)
                return _spent[(int)stage];
        }
    }

    /// <summary>Ends the current stage and begins <paramref name="stage"/>. May be called from any thread.</summary>
    public void Enter(Stage stage)
    {
        lock (_lock)
        {
            if (_stopped || (int)stage <= _current)
                return;
            EndCurrent();
            _current = (int)stage;
        }
    }

    /// <summary>Ends the last stage.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (!_stopped)
                EndCurrent();
            _stopped = true;
        }
    }

    private void EndCurrent()
    {
        long now = clock.GetTimestamp();
        _spent[_current] = clock.GetElapsedTime(_entered, now);
        _entered = now;
    }
}
