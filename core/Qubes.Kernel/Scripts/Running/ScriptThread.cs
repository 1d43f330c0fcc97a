using System.Runtime.CompilerServices;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>
/// The thread on which everything of one script runs, one call after the other. A call that does not come back in time is ended, and the thread with
/// it: the script's own code is told to throw (<see cref="ScriptGuard"/>). Where it is not in its own code and does not come back to it, the thread is left
/// behind, with the lowest priority.
/// </summary>
/// <remarks>
/// .NET's <c>ControlledExecution</c>, which aborts threads, is not used: of .NET 10.0.12 it was measured to end the whole process
/// (<c>PAL_SEHException</c>) or to hang its caller, where the aborted thread was in .NET's own code, which is the only case left for it.
/// </remarks>
internal sealed class ScriptThread : IAsyncDisposable
{
    // Below it a recursion is stopped by its guard long before the stack ends.
    private const int StackBytes = 1 << 20;

    private readonly Lock gate = new();
    private readonly Queue<ScriptJob> waiting = new();
    private readonly SemaphoreSlim added = new(0);
    private readonly ScriptGuard guard = new();
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
    private int threadId;
    private bool isLeft;

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

    /// <summary>It was told to end and does not.</summary>
    public bool IsLeft => Volatile.Read(ref isLeft);

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
        var longest = guard.Reason is null ? budgets.Start + budgets.Handler : 3 * budgets.Grace;
        await Ended.WaitAsync(longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The semaphore has no handle to give back, and the watchdog or a caller may still release it: it is not disposed of.
        if (!Ended.IsCompleted)
            Stop("it did not come to an end");
    }

    private void Main()
    {
        threadId = LowPriority.CurrentThread;
        while (RunOne())
        {
        }
        Drop();
        watchdog.Dispose();
        ended.SetResult();
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
        string why;
        lock (gate)
        {
            isWatched = false;
            if (current is not { } job || ended.Task.IsCompleted)
                return;
            var left = job.Budget - time.GetElapsedTime(began);
            if (isStopped)
            {
                isLeft = true;
                LowPriority.Give(threadId);
                return;
            }
            isWatched = true;
            if (left > TimeSpan.Zero)
            {
                watchdog.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            why = $"{job.What} took longer than {job.Budget.TotalSeconds:0.###} s";
            watchdog.Change(budgets.Grace, Timeout.InfiniteTimeSpan);
        }
        Stop(why);
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
            stopped(why);
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
    }
}
