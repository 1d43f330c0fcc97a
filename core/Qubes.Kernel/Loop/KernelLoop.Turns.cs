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

    private readonly HashSet<LoopCall> _underWay = [];
    private readonly List<LoopCall> _done = [];
    private long _committed;
    private int _failedCommits;

    private void Run()
    {
        SetSynchronizationContext(this);
        while (!_queue.IsCompleted)
        {
            RunBatch();
            Commit();
            if (_queue.Count == 0 && (_endWhenEmpty || _endWhenIdle && _underWay.Count == 0))
                _queue.CompleteAdding();
        }
        foreach (var call in _underWay)
        {
            Log.CallAbandoned(_logger, call.Name);
            call.Refuse(Stopping());
        }
        _ended.SetResult();
    }

    // Not inlined, so that while the loop waits no local of it keeps a plugin's last delegate alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunBatch()
    {
        if (!_queue.TryTake(out var turn, Timeout.Infinite))
            return;
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

    private void RunCall(object? state) => _ = RunCallAsync((LoopCall)state!);

    private async Task RunCallAsync(LoopCall call)
    {
        call.ChangesBefore = _committer.Changes;
        _underWay.Add(call);
        await call.RunAsync();
        _underWay.Remove(call);
        call.ChangesAfter = _committer.Changes;
        _done.Add(call);
    }

    [SuppressMessage("Design", "CA1031", Justification = "However the commit fails, the loop lives and the callers are told.")]
    private void Commit()
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
        foreach (var call in _done)
            Tell(call, failure);
        _done.Clear();
    }

    private void Committed()
    {
        _committed = _committer.Changes;
        if (_failedCommits > 0)
            Log.CommitRecovered(_logger, _failedCommits);
        _failedCommits = 0;
    }

    // A call during which nothing was changed does not depend on a commit: a full disk does not refuse questions.
    private void Tell(LoopCall call, Exception? failure)
    {
        if (failure is null || call.ChangesAfter == call.ChangesBefore || call.ChangesAfter <= _committed)
            call.Release();
        else
            call.Refuse(new QubesException("state could not be saved: " + failure.Message, failure));
    }
}
