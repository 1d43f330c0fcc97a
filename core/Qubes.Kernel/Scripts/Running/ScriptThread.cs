using System.Runtime;
using System.Runtime.CompilerServices;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>
/// The thread on which everything of one script runs, one call after the other. A call that does not come back in time is ended, and the thread with
/// it: first the script's own code is told to throw (<see cref="ScriptGuard"/>), then the thread is aborted, then it is left behind.
/// </summary>
internal sealed class ScriptThread : IAsyncDisposable
{
    // Below it a recursion is stopped by its guard long before the stack ends.
    private const int StackBytes = 1 << 20;

    private readonly Lock gate = new();
    private readonly Queue<ScriptJob> waiting = new();
    private readonly SemaphoreSlim added = new(0);
    private readonly ScriptGuard guard = new();
    private readonly CancellationTokenSource abort = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScriptBudgets budgets;
    private readonly TimeProvider time;
    private readonly Action<string> stopped;
    private readonly ITimer watchdog;
    private ScriptJob? current;
    private long began;
    private bool isWatched;
    private bool isFinishing;
    private bool isStopped;
    private int force;

    /// <param name="name">For debuggers.</param>
    /// <param name="budgets">What calls may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopped">Told once, on any thread, why the script was stopped.</param>
    public ScriptThread(string name, ScriptBudgets budgets, TimeProvider time, Action<string> stopped)
    {
        this.budgets = budgets;
        this.time = time;
        this.stopped = stopped;
        watchdog = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // No kernel loop, no logical call context of whoever makes it.
        new Thread(Main, StackBytes) { Name = "script " + name, IsBackground = true }.UnsafeStart();
    }

    /// <summary>Completes when nothing of the script runs any more.</summary>
    public Task Ended => ended.Task;

    /// <summary>Has the script called after what waits already. From any thread.</summary>
    public void Post(ScriptJob job)
    {
        string? why = null;
        lock (gate)
        {
            if (guard.Reason is null && !isFinishing)
            {
                if (waiting.Count < budgets.Waiting)
                    waiting.Enqueue(job);
                else
                    why = $"it is {waiting.Count} calls behind";
            }
            else
            {
                why = guard.Reason ?? "it has ended";
            }
        }
        if (why is null)
        {
            added.Release();
            return;
        }
        if (guard.Reason is null && !isFinishing)
            Stop(why);
        job.Failed(new ObjectDisposedException(null, why));
    }

    /// <summary>Ends when what waits was done.</summary>
    public void Finish()
    {
        lock (gate)
            isFinishing = true;
        added.Release();
    }

    /// <summary>Returns when what waits was done; or when it was given up on.</summary>
    public async ValueTask DisposeAsync()
    {
        Finish();
        await Ended.WaitAsync(budgets.Start + budgets.Handler + 3 * budgets.Grace, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Ended.IsCompleted)
            return;
        abort.Dispose();
        added.Dispose();
    }

    private void Main()
    {
        try
        {
            // Corrupts what the aborted thread was in the middle of: that is the script's own, for what it calls of the daemon is never aborted.
#pragma warning disable SYSLIB0046 // It is for code that cannot be stopped otherwise.
            ControlledExecution.Run(Pump, abort.Token);
#pragma warning restore SYSLIB0046
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // It had to be.
        }
        finally
        {
            Drop();
            watchdog.Dispose();
            ended.SetResult();
        }
    }

    private void Pump()
    {
        while (RunOne())
        {
        }
    }

    // Not inlined, so that no local of it keeps the script's last delegate alive while the thread waits.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunOne()
    {
        added.Wait();
        if (Begin() is not { } job)
            return !IsOver();
        Call(job);
        lock (gate)
            current = null;
        if (guard.Reason is { } reason)
        {
            Stop(reason);
            return false;
        }
        return true;
    }

    private ScriptJob? Begin()
    {
        lock (gate)
        {
            if (guard.Reason is not null || !waiting.TryDequeue(out var job))
                return null;
            current = job;
            began = time.GetTimestamp();
            if (!isWatched)
            {
                isWatched = true;
                watchdog.Change(job.Budget, Timeout.InfiniteTimeSpan);
            }
            return job;
        }
    }

    private void Call(ScriptJob job)
    {
        try
        {
            guard.Enter(budgets.Memory);
            job.Run();
        }
        catch (Exception e) // A script may throw anything; whoever called it is told.
        {
            job.Failed(e);
        }
        finally
        {
            ScriptGuard.Leave();
        }
    }

    private bool IsOver()
    {
        lock (gate)
            return guard.Reason is not null || isFinishing && waiting.Count == 0;
    }

    private void Look()
    {
        string? why = null;
        lock (gate)
        {
            isWatched = force > 0;
            if (current is not { } job || ended.Task.IsCompleted)
                return;
            var left = job.Budget - time.GetElapsedTime(began);
            if (force == 0 && left > TimeSpan.Zero)
            {
                isWatched = true;
                watchdog.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            if (force++ == 0)
                why = $"{job.What} took longer than {job.Budget.TotalSeconds:0.###} s";
        }
        if (why is not null)
            Stop(why);
        else if (!abort.IsCancellationRequested)
            abort.Cancel();
        else
            return;
        if (!ended.Task.IsCompleted)
            watchdog.Change(budgets.Grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nothing of the script is called any more; what runs is ended. From any thread.</summary>
    public void Stop(string why)
    {
        bool isFirst;
        lock (gate)
        {
            isFirst = !isStopped;
            isStopped = true;
            guard.Stop(why);
        }
        if (isFirst)
            Unabortable.Do(() => stopped(why));
        added.Release();
    }

    private void Drop()
    {
        while (true)
        {
            ScriptJob? job;
            lock (gate)
            {
                if (!waiting.TryDequeue(out job))
                    break;
            }
            job.Failed(new ObjectDisposedException(null, guard.Reason ?? "it has ended"));
        }
        if (Interlocked.Exchange(ref current, null) is { } aborted)
            aborted.Failed(new OperationCanceledException("its thread was aborted"));
    }
}
