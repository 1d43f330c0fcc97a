using Microsoft.Extensions.Logging;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>
/// Watches how short of memory the host is, and tells when that changes: looks at intervals, and at once when the kernel tells of a stall.
/// What cannot be read counts as nothing, so that nobody gives way for ever.
/// </summary>
internal sealed class PressureMonitor(
    IHostMemory memory, StallAverages averages, Func<IStalls?> openStalls, PressureJudge judge, PressureOptions options, HostPressure pressure,
    IEventBus events, TimeProvider time, ILogger<PressureMonitor> log) : IKernelService, IDisposable
{
    /// <summary>While memory is plentiful.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>While it is short, or could soon be.</summary>
    public static readonly TimeSpan ShortInterval = TimeSpan.FromSeconds(0.25);

    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;
    private bool isBlind;

    public Task StartAsync(CancellationToken cancel)
    {
        running = RunAsync(stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await stopping.CancelAsync();
        await running.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => stopping.Dispose();

    private async Task RunAsync(CancellationToken stop)
    {
        using var stalls = openStalls();
        Log.PressureWatched(log, stalls is null ? "the kernel tells of no stalls" : "the kernel tells of stalls");
        var stall = stalls?.Next;
        while (!stop.IsCancellationRequested)
        {
            var hasStalled = stall is { IsCompleted: true };
            if (hasStalled)
                stall = stalls?.Next;
            var reading = await Task.Run(() => Read(hasStalled), stop);
            Tell(reading, judge.Judge(reading, time.GetUtcNow()));
            var wait = IsNear(reading) ? ShortInterval : Interval;
            await (stall is null ? Task.Delay(wait, time, stop) : stall.WaitAsync(wait, time, stop))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private PressureReading Read(bool hasStalled)
    {
        HostReading? host = null;
        try
        {
            host = memory.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Told below, with everything else that makes it unreadable.
        }
        return new(host?.Total ?? 0, host?.Available, averages.Read(), hasStalled);
    }

    private void Tell(PressureReading reading, MemoryPressure now)
    {
        if (isBlind != reading.Available is null)
        {
            isBlind = !isBlind;
            if (isBlind)
                Log.MemoryUnreadable(log);
        }
        if (pressure.Current == now)
            return;
        pressure.Current = now;
        Log.PressureChanged(log, now.ToString(), (reading.Available ?? 0) >> 20, reading.Full ?? 0);
        events.Fire(new HostMemoryPressureChanged(now));
    }

    private bool IsNear(PressureReading reading) =>
        pressure.Current != MemoryPressure.None || reading.Available < 2 * options.Low.Of(reading.Total);
}
