namespace Qubes.Kernel.Scripts.Running;

/// <summary>A call whose answer somebody waits for, a little.</summary>
internal sealed class DecisionJob<T>(ScriptRun run, string what, Func<T> decide) : ScriptJob
{
    private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object gate = new();
    private bool isDone;

    public override string What => what;

    public override TimeSpan Budget => run.Budgets.Decision;

    /// <summary>The answer.</summary>
    public Task<T> Outcome => outcome.Task;

    /// <summary>Holds the calling thread until the answer is there, or has taken too long: false.</summary>
    public bool Wait(TimeSpan longest)
    {
        lock (gate)
            return isDone || Monitor.Wait(gate, longest) && isDone;
    }

    public override void Run()
    {
        var answer = decide();
        run.Succeeded();
        outcome.TrySetResult(answer);
        Done();
    }

    public override void Failed(Exception cause)
    {
        run.Failed(what, cause);
        // What was thrown is of a type that may be the script's own; it goes no further.
        outcome.TrySetException(new InvalidOperationException(ScriptFailure.Of(cause)));
        Done();
    }

    private void Done()
    {
        lock (gate)
        {
            isDone = true;
            Monitor.PulseAll(gate);
        }
    }
}
