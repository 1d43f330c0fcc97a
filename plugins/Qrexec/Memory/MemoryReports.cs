using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Memory;

/// <summary>
/// Passes on what guests say that they use of their memory to whoever wants to know. Of each guest one report at most is on its way to
/// the kernel loop, the newest; so neither a guest that floods nor a loop that is busy makes anything pile up.
/// </summary>
internal sealed class MemoryReports(IExtensions extensions, IKernelLoop loop, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves one line until it is down. The guest is asked anew when those who want to know come or go.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(Guest guest, IGuestLine line, CancellationToken cancel)
    {
        bool wasAsked = false;
        while (!line.IsDown)
        {
            using var changed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Action change = changed.Cancel;
            extensions.Changed += change;
            try
            {
                TimeSpan? interval = await OnLoopAsync(() => IntervalOf(guest)).WaitAsync(cancel);
                // Who was never asked need not be told to stop.
                wasAsked = (interval is not null || wasAsked) && line.AskForMemoryReports(interval ?? TimeSpan.Zero);
                if (interval is { } period && wasAsked)
                    await ServeAsync(guest, line, period, changed.Token);
                else
                    await line.Completion.WaitAsync(changed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Somebody came or went.
            }
            finally
            {
                extensions.Changed -= change;
            }
            cancel.ThrowIfCancellationRequested();
        }
    }

    private async Task ServeAsync(Guest guest, IGuestLine line, TimeSpan interval, CancellationToken cancel)
    {
        var pace = new ReportPace(interval, time);
        while (await line.MemoryReports.WaitToReadAsync(cancel))
        {
            await pace.KeepAsync(cancel);
            if (line.MemoryReports.TryRead(out long bytes))
                await OnLoopAsync(() => Report(guest, bytes)).WaitAsync(cancel);
        }
    }

    private TimeSpan? IntervalOf(Guest guest)
    {
        TimeSpan? shortest = null;
        foreach (IGuestMemoryListener listener in Listeners(guest))
        {
            if (listener.IntervalOf(guest.Qube) is { } interval && (shortest is null || interval < shortest))
                shortest = interval < Shortest ? Shortest : interval;
        }
        return shortest;
    }

    private bool Report(Guest guest, long bytes)
    {
        foreach (IGuestMemoryListener listener in Listeners(guest))
            listener.Reported(guest.Qube, bytes);
        return true;
    }

    // What a machine said that the qube has no more is nobody's business.
    private IReadOnlyList<IGuestMemoryListener> Listeners(Guest guest) =>
        guest.Qube.Machine == guest.Machine ? extensions.All<IGuestMemoryListener>() : [];

    // The loop logs what a listener throws; the guest is served on, as if nobody had asked.
    private Task<T?> OnLoopAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            T? result = default;
            try
            {
                result = work();
            }
            finally
            {
                done.TrySetResult(result);
            }
        });
        return done.Task;
    }
}
