using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Loop;

// What happens on the loop's own thread.
internal sealed partial class KernelLoop
{
    /// <summary>A turn that is longer is logged.</summary>
    private static readonly TimeSpan SlowTurn = TimeSpan.FromMilliseconds(50);

    /// <summary>A commit waits for no more turns after this; it is shared by those that were queued meanwhile.</summary>
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMilliseconds(5);

    private const int MostTurnsPerCommit = 64;

    private static readonly List<LoopCall> Nobody = [];

    private readonly HashSet<LoopCall> _underWay = [];
    private List<LoopCall> _done = [];
    private long _committed;
    private int _failedCommits;

    private void Run()
    {
        while (!RunOnce())
        {
        }
        _ended.SetResult();
    }

    // Not inlined, so that while the loop waits no local of it keeps a plugin's last delegate alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunOnce()
    {
        _queue.Enter();
        SetSynchronizationContext(this);
        if (_queue.TryTake(out var turn))
            RunBatch(turn);
        var done = Commit();
        var isOver = (_endWhenEmpty || _endWhenIdle && _underWay.Count == 0) && _queue.TryClose();
        if (isOver)
            Abandon();
        _queue.Leave();
        SetSynchronizationContext(null);
        Tell(done);
        return isOver;
    }

    // The calling thread has entered the queue, with nothing in it.
    private void RunHere(Turn turn)
    {
        var before = Current;
        SetSynchronizationContext(this);
        RunBatch(turn);
        var done = Commit();
        _queue.Leave();
        SetSynchronizationContext(null);
        Tell(done);
        SetSynchronizationContext(before);
    }

    // Off the loop: some who are told go on right here.
    private static void Tell(List<LoopCall> done)
    {
        foreach (var call in done)
            call.Tell();
    }

    private void Abandon()
    {
        foreach (var call in _underWay)
        {
            Log.CallAbandoned(_logger, call.Name);
            call.Refuse(Stopping());
        }
    }

    private void RunBatch(Turn turn)
    {
        var begin = _time.GetTimestamp();
        var count = 0;
        long now = begin;
        do
        {
            var before = now;
            RunTurn(turn);
            now = _time.GetTimestamp();
            var elapsed = _time.GetElapsedTime(before, now);
            if (elapsed > SlowTurn)
                Log.SlowTurn(_logger, turn.Name, (long)elapsed.TotalMilliseconds);
        }
        while (++count < MostTurnsPerCommit && _time.GetElapsedTime(begin, now) < LongestBatch && _queue.TryTake(out turn));
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a turn throws is its own failure, never the loop's.")]
    private void RunTurn(Turn turn)
    {
        try
        {
            turn.Callback(turn.State);
        }
        catch (Exception e)
        {
            Log.TurnFailed(_logger, turn.Name, e);
        }
    }

    private void RunCall(object? state)
    {
        var call = (LoopCall)state!;
        call.ChangesBefore = _committer.Changes;
        var work = call.RunAsync();
        if (work.IsCompleted)
            Done(call);
        else
            _ = FinishAsync(call, work);
    }

    private async Task FinishAsync(LoopCall call, Task work)
    {
        _underWay.Add(call);
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _underWay.Remove(call);
        Done(call);
    }

    private void Done(LoopCall call)
    {
        call.ChangesAfter = _committer.Changes;
        _done.Add(call);
    }

    // Returns the calls that are to be told.
    [SuppressMessage("Design", "CA1031", Justification = "However the commit fails, the loop lives and the callers are told.")]
    private List<LoopCall> Commit()
    {
        Exception? failure = null;
        if (_committer.Changes != _committed)
        {
            var begin = _time.GetTimestamp();
            try
            {
                _committer.Commit();
                Committed();
            }
            catch (Exception e)
            {
                failure = e;
                if (_failedCommits++ == 0)
                    Log.CommitFailed(_logger, e);
            }
            var elapsed = _time.GetElapsedTime(begin);
            if (elapsed > SlowTurn)
                Log.SlowCommit(_logger, (long)elapsed.TotalMilliseconds);
        }
        if (_done.Count == 0)
            return Nobody;
        var done = _done;
        _done = [];
        foreach (var call in done)
            call.Refusal = Refusal(call, failure);
        return done;
    }

    private void Committed()
    {
        _committed = _committer.Changes;
        if (_failedCommits > 0)
            Log.CommitRecovered(_logger, _failedCommits);
        _failedCommits = 0;
    }

    // A call during which nothing was changed does not depend on a commit: a full disk does not refuse questions.
    private QubesException? Refusal(LoopCall call, Exception? failure) =>
        failure is null || call.ChangesAfter == call.ChangesBefore || call.ChangesAfter <= _committed
            ? null
            : new QubesException("state could not be saved: " + failure.Message, failure);
}
