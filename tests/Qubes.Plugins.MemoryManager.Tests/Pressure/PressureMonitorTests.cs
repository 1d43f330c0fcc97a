using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Sdk.Events;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.MemoryManager.Tests.Pressure;

/// <summary>Real files in the kernel's format, virtual time.</summary>
public sealed class PressureMonitorTests : IAsyncLifetime
{
    private const string Calm = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("qubes-pressure-");
    private readonly VirtualTimeProvider clock = new();
    private readonly HostPressure pressure = new();
    private readonly ConcurrentQueue<MemoryPressure> told = new();
    private readonly FakeStalls stalls = new();
    private PressureMonitor monitor = null!;

    private string MemInfo => folder + "/meminfo";

    private string Stalls => folder + "/pressure";

    public Task InitializeAsync()
    {
        Write(available: 8_000_000);
        File.WriteAllText(Stalls, Calm);
        var events = Substitute.For<IEventBus>();
        events.When(e => e.Fire(Arg.Any<QubesEvent>())).Do(c => told.Enqueue(((HostMemoryPressureChanged)c[0]).Pressure));
        var options = new PressureOptions { Low = new(0.10, null), High = new(0.05, null) };
        monitor = new(
            new ProcMeminfo(MemInfo), new StallAverages(Stalls), () => stalls, new PressureJudge(options), options, pressure, events, clock,
            NullLogger<PressureMonitor>.Instance);
        return monitor.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await monitor.StopAsync(default);
        Assert.True(stalls.IsDisposed);
        Assert.Equal(0, clock.WaitingTimers);
        monitor.Dispose();
        folder.Delete(recursive: true);
    }

    // As the kernel has it: a line for each figure, and others around those that count.
    private void Write(long available)
    {
        File.WriteAllText(MemInfo + ".new", $"MemTotal:       10000000 kB\nMemFree:         123 kB\nMemAvailable:   {available,8} kB\nHugePages_Total:       0\n");
        File.Move(MemInfo + ".new", MemInfo, overwrite: true);
    }

    private async Task UntilAsync(Func<bool> isIt, bool passing = true)
    {
        for (var i = 0; !isIt(); i++)
        {
            Assert.True(i < 5000, $"it is still {pressure.Current}");
            if (passing && clock.NextDue is { } due)
                clock.Advance(due > clock.GetUtcNow() ? due - clock.GetUtcNow() : TimeSpan.Zero);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    [Fact]
    public async Task What_becomes_short_is_told_and_what_is_there_again_too()
    {
        await UntilAsync(() => clock.WaitingTimers > 0, passing: false);
        Assert.Equal(MemoryPressure.None, pressure.Current);

        Write(available: 900_000);
        await UntilAsync(() => pressure.Current == MemoryPressure.Tight);
        Write(available: 400_000);
        await UntilAsync(() => pressure.Current == MemoryPressure.High);
        Write(available: 8_000_000);
        await UntilAsync(() => pressure.Current == MemoryPressure.None);

        Assert.Equal([MemoryPressure.Tight, MemoryPressure.High, MemoryPressure.None], told);
    }

    [Fact]
    public async Task That_everything_waits_is_told_without_the_kernels_watch()
    {
        File.WriteAllText(Stalls, Calm.Replace("full avg10=0.00", "full avg10=33.00"));
        await UntilAsync(() => pressure.Current == MemoryPressure.High);
        File.Delete(Stalls);
        await UntilAsync(() => pressure.Current == MemoryPressure.None);
    }

    [Fact]
    public async Task A_stall_that_the_kernel_tells_of_is_seen_before_the_interval_ends()
    {
        await UntilAsync(() => clock.WaitingTimers > 0, passing: false);
        var before = clock.GetUtcNow();

        stalls.Fire();
        await UntilAsync(() => pressure.Current == MemoryPressure.Tight, passing: false);

        Assert.Equal(before, clock.GetUtcNow());
    }

    [Fact]
    public async Task An_account_that_cannot_be_read_counts_as_enough()
    {
        Write(available: 400_000);
        await UntilAsync(() => pressure.Current == MemoryPressure.High);
        File.WriteAllText(MemInfo, "MemTotal: 10000000 kB\nMemAvailable: lots kB\n");

        await UntilAsync(() => pressure.Current == MemoryPressure.None);
    }

    private sealed class FakeStalls : IStalls
    {
        private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next => next.Task;

        public bool IsDisposed { get; private set; }

        public void Fire() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public void Dispose() => IsDisposed = true;
    }
}
