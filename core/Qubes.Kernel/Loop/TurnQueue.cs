namespace Qubes.Kernel.Loop;

/// <summary>
/// The turns that wait, and the one thread at a time that may run them: the loop's own, or, while nothing waits and nothing
/// runs, that of a caller (<see cref="TryEnter"/>). Turns are run in the order in which they came, whoever runs them.
/// </summary>
internal sealed class TurnQueue
{
    private readonly object _gate = new();
    private readonly Queue<Turn> _turns = [];
    private Thread? _runner;
    private bool _isClosed;

    /// <summary>Whether the calling thread runs the turns now.</summary>
    public bool IsEntered => Volatile.Read(ref _runner) == Thread.CurrentThread;

    /// <summary>Adds a turn; false: the queue is closed.</summary>
    public bool TryAdd(Turn turn)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            _turns.Enqueue(turn);
            if (_runner is null && _turns.Count == 1)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes the next turn, without waiting. For the thread that runs them.</summary>
    public bool TryTake(out Turn turn)
    {
        lock (_gate)
            return _turns.TryDequeue(out turn);
    }

    /// <summary>Makes the calling thread the one that runs turns, unless turns wait or another one runs them.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_runner is not null || _turns.Count > 0 || _isClosed)
                return false;
            _runner = Thread.CurrentThread;
            return true;
        }
    }

    /// <summary>Waits for a turn and for being the thread that runs it; only the loop's own thread does.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            while (_runner is not null || _turns.Count == 0)
                Monitor.Wait(_gate);
            _runner = Thread.CurrentThread;
        }
    }

    /// <summary>Lets others run turns. What waits is left to the loop's own thread.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _runner = null;
            if (_turns.Count > 0)
                Monitor.Pulse(_gate);
        }
    }

    /// <summary>Accepts no more turns; false, and nothing is changed: some wait.</summary>
    public bool TryClose()
    {
        lock (_gate)
            return _isClosed = _isClosed || _turns.Count == 0;
    }
}
