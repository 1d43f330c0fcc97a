namespace Qubes.Kernel.Events;

/// <summary>What a handler may take. What is beyond is counted against its owner.</summary>
internal static class HandlerLimits
{
    /// <summary>A handler that holds the loop longer is logged: everything else waits for it.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    /// <summary>An awaited handler that takes longer is logged when it is done.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An awaited handler that takes longer is cancelled and left behind. Twice what waiting for a guest's service may take by default
    /// (<c>qrexec_timeout</c>), which is the longest that a handler has a reason for.
    /// </summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A handler that allocates more before it gives the loop back is logged and counted. It has returned by then: an allocation
    /// without end can only be told of afterwards, not stopped, in one process.
    /// </summary>
    public const long Allocation = 64 * 1024 * 1024;
}
