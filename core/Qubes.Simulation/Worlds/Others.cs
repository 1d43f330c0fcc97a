namespace Qubes.Simulation.Worlds;

/// <summary>The pool's threads: what library code puts there is done before the next turn of the loop.</summary>
internal static class Others
{
    /// <summary>Returns when no thread of the pool has anything to do. Not to be called from one.</summary>
    public static void Finish()
    {
        var spin = new SpinWait();
        while (ThreadPool.PendingWorkItemCount > 0 || AreBusy())
            spin.SpinOnce(sleep1Threshold: -1);
    }

    private static bool AreBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        return idle < most;
    }
}
