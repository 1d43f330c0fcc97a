using Qubes.Benchmarks.Disposables;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Memory;

/// <summary>Three qubes on a host that has nothing more to give; one after the other needs memory, which the two idle ones have.</summary>
internal sealed class MovingMemory(MemoryHost host)
{
    private const int Rounds = 6;
    private const int NeededMiB = 450;
    private static readonly string[] Qubes = ["b-first", "b-second", "b-third"];

    public async Task RunAsync(Report report)
    {
        foreach (var qube in Qubes)
        {
            (await host.Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", MemoryHost.Template, "-l", "blue", qube)).Succeeded();
            (await host.Daemon.RunAsync("qvm-prefs", qube, "maxmem", "1200")).Succeeded();
            (await host.Daemon.RunAsync("qvm-start", qube)).Succeeded();
            await host.UntilAsync($"{qube} has told what it uses", async () => (await host.OfAsync(qube)).Used > 0);
        }
        await host.LeaveAsync(32 * MemoryHost.MiB);
        var (first, ended, enough) = (new Sample(), new Sample(), new Sample());
        for (var round = 0; round < Rounds; round++)
            await MeasureAsync(Qubes[round % Qubes.Length], first, ended, enough);
        foreach (var qube in Qubes)
        {
            (await host.Daemon.RunAsync("qvm-kill", qube)).Succeeded();
            (await host.Daemon.RunAsync("qvm-remove", "-f", qube)).Succeeded();
        }
        report.Section(
            "Memory: moving it",
            $"Three qubes that began with 400 MiB and may have 1200, on a host that keeps the rest of its memory for itself (`host-reserve`). In turns one of them writes {NeededMiB} MiB to its " +
            "`/dev/shm`, as fast as its processor can, and the two that are idle have what it lacks. From the command until they have given 16 MiB, until the program has ended, and until it has what it says that it uses.",
            ["until", "N", "p50", "longest", "goal"],
            [Row("the idle qubes give", first, ""), Row("the program has ended", ended, ""), Row("the busy qube has what it uses", enough, "3 s")]);
    }

    private async Task MeasureAsync(string busy, Sample first, Sample ended, Sample enough)
    {
        var idle = Qubes.Where(q => q != busy).ToList();
        var before = await SumAsync(idle);
        var least = NeededMiB * MemoryHost.MiB;
        var clock = new StageClock();
        var writing = EndAsync(host.Daemon.RunAsync("qvm-run", "-p", busy, $"dd if=/dev/zero of=/dev/shm/fill bs=1M count={NeededMiB} 2>&1"));
        var isFirst = true;
        await host.UntilAsync($"{busy} has what it uses", async () =>
        {
            if (isFirst && before - await SumAsync(idle) > 16 * MemoryHost.MiB)
            {
                first.Add(clock.Whole);
                isFirst = false;
            }
            var figures = await host.OfAsync(busy);
            return !isFirst && figures.Claimed > least && figures.Current >= figures.Claimed;
        });
        enough.Add(clock.Whole);
        ended.Add(await writing);
        (await host.Daemon.RunAsync("qvm-run", "-p", busy, "rm /dev/shm/fill")).Succeeded();
        await host.UntilAsync($"{busy} has told that it needs less", async () => (await host.OfAsync(busy)).Claimed < least);
    }

    private static async Task<double> EndAsync(Task<RunResult> program)
    {
        var clock = new StageClock();
        (await program).Succeeded();
        return clock.Whole;
    }

    private async Task<long> SumAsync(IEnumerable<string> qubes)
    {
        long sum = 0;
        foreach (var qube in qubes)
            sum += (await host.OfAsync(qube)).Current;
        return sum;
    }

    private static string[] Row(string what, Sample sample, string goal) =>
        [what, $"{sample.Count}", Report.Seconds(sample.Percentile(50)), Report.Seconds(sample.Percentile(100)), goal];
}
