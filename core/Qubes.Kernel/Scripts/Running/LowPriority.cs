using System.Runtime.InteropServices;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>Makes a thread that cannot be ended cost as little as may be.</summary>
internal static partial class LowPriority
{
    private const int OfThread = 0; // PRIO_PROCESS: Linux means a thread.
    private const int Lowest = 19;

    /// <summary>The calling thread.</summary>
    public static int CurrentThread => GetThreadId();

    /// <summary>From any thread. It runs when nobody else wants to; where even that is refused, it goes on as it is.</summary>
    public static void Give(int thread) => _ = SetPriority(OfThread, (uint)thread, Lowest);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, uint who, int priority);
}
