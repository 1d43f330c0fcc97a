using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Qubes.Benchmarks.AdminApi;

namespace Qubes.Benchmarks.Disposables;

/// <summary>Runs the iterations of one case as the reference harness does.</summary>
internal sealed class CaseRunner(BenchQubes qubes)
{
    /// <summary>The reference's: three for each that may run at once.</summary>
    public const int Iterations = 3 * BenchmarkCase.Concurrency;

    private readonly string socket = qubes.Daemon.Root + "/run/qubesd.sock";

    public async Task<CaseResult> RunAsync(BenchmarkCase @case)
    {
        await qubes.PreloadAsync(@case.Preload);
        if (@case.IsFromQube)
        {
            var result = await CallFromQubeAsync(@case);
            await qubes.PreloadAsync(0);
            return result;
        }
        Func<Task<IterationTime>> iterate = (@case.IsApi, @case.InDisposable) switch
        {
            (false, false) => () => CommandAsync("qvm-run", "-p", "--service", BenchQubes.Running, BenchQubes.Service),
            (false, true) => () => CommandAsync("qvm-run", "-p", "--service", "--dispvm=" + qubes.Template, "--", BenchQubes.Service),
            (true, false) => () => CallAsync(BenchQubes.Running),
            (true, true) => CallInDisposableAsync,
        };
        var times = new ConcurrentQueue<IterationTime>();
        var begin = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Iterations),
            new ParallelOptions { MaxDegreeOfParallelism = @case.IsConcurrent ? BenchmarkCase.Concurrency : 1 },
            async (_, _) => times.Enqueue(await iterate()));
        var wall = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        await qubes.PreloadAsync(0);
        return new CaseResult(@case, wall, [.. times]);
    }

    // A shell's loop in the calling qube, as the harness has it; the shell reads its clock without starting a process.
    private async Task<CaseResult> CallFromQubeAsync(BenchmarkCase @case)
    {
        var target = @case.InDisposable ? "@dispvm" : BenchQubes.Other;
        var begin = TimeProvider.System.GetTimestamp();
        var script = $$"""
            one() { local b=$EPOCHREALTIME; qrexec-client-vm -- {{target}} {{BenchQubes.Service}} </dev/null >/dev/null || echo failed; echo "$b $EPOCHREALTIME"; }
            for ((i = 0; i < {{Iterations}}; i++)); do
                one & pids+=($!)
                if ((${#pids[@]} == {{(@case.IsConcurrent ? BenchmarkCase.Concurrency : 1)}})); then wait "${pids[0]}"; pids=("${pids[@]:1}"); fi
            done
            wait
            """;
        var output = (await qubes.Daemon.Tool("qvm-run", "-p", BenchQubes.Running, "bash -s").RunAsync(Encoding.UTF8.GetBytes(script))).Succeeded().Text;
        var wall = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        return new CaseResult(@case, wall, [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Iteration)]);
    }

    private static IterationTime Iteration(string line) => line.Split(' ') is [var begin, var end]
        ? new(double.Parse(end, CultureInfo.InvariantCulture) - double.Parse(begin, CultureInfo.InvariantCulture))
        : throw new InvalidDataException($"a call from the qube: {line}");

    public async Task<IterationTime> CommandAsync(string tool, params string[] arguments)
    {
        var begin = TimeProvider.System.GetTimestamp();
        (await qubes.Daemon.RunAsync(tool, arguments)).Succeeded();
        return new IterationTime(TimeProvider.System.GetElapsedTime(begin).TotalSeconds);
    }

    private async Task<IterationTime> CallAsync(string qube)
    {
        var clock = new StageClock();
        await ServeAsync(qube);
        return new IterationTime(clock.Whole, Execute: clock.Lap());
    }

    private async Task<IterationTime> CallInDisposableAsync()
    {
        var clock = new StageClock();
        var name = Ask("admin.vm.CreateDisposable", qubes.Template);
        var obtain = clock.Lap();
        // A preloaded one runs; the call says so or does nothing.
        Ask("admin.vm.Start", name);
        var start = clock.Lap();
        await ServeAsync(name);
        var execute = clock.Lap();
        Ask("admin.vm.Kill", name);
        var clean = clock.Lap();
        return new IterationTime(clock.Whole, obtain, start, execute, clean);
    }

    private async Task ServeAsync(string qube) =>
        (await qubes.Daemon.RunAsync("qrexec-client", "-d", qube, $"DEFAULT:QUBESRPC {BenchQubes.Service} dom0")).Succeeded();

    private string Ask(string method, string destination) =>
        Encoding.UTF8.GetString(new RawClient(socket).Ask(RawClient.Request(method, "", destination))[2..]);
}
