using System.Diagnostics;
using Qubes.Sdk.Hosting;

namespace Qubes.KernelWorld;

/// <summary>
/// Tells when nothing happens any more without time passing: neither the kernel loop nor the thread pool has anything to do. That is of the
/// whole process, so tests run one at a time.
/// </summary>
internal static class Quiet
{
    /// <summary>One look may fall between the end of one thing and the begin of what it brings about on another thread.</summary>
    private const int Looks = 3;

    /// <summary>The test runner's own threads may work a while, too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Of the thread pool's threads the test runner keeps some for itself: the fewest that were ever busy.
    private static int busyAlways = int.MaxValue;

    public static async Task UntilAsync(IKernelLoop loop)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var quiet = 0; quiet < Looks; quiet++)
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, "something happens again and again without time passing");
            // Whoever the loop had told something before has begun with it.
            await loop.InvokeAsync(() => Task.FromResult(true));
            if (await HasNothingToDoAsync(loop) && ThreadPool.PendingWorkItemCount == 0 && !AreOthersBusy())
                continue;
            quiet = -1;
            await Task.Yield();
        }
    }

    // Only a loop without anything to do lets others run a turn themselves.
    private static async Task<bool> HasNothingToDoAsync(IKernelLoop loop)
    {
        var here = Environment.CurrentManagedThreadId;
        return await loop.InvokeHereAsync(() => Task.FromResult(Environment.CurrentManagedThreadId == here));
    }

    private static bool AreOthersBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        var others = most - idle - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
        busyAlways = Math.Min(busyAlways, others);
        return others > busyAlways;
    }
}
