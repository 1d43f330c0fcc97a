using System.Diagnostics;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Requests;

/// <summary>A disposable that nobody prepared, from the command to its first byte, beside the bare kernel's own start.</summary>
internal sealed class ColdRequests(Daemon daemon, string template)
{
    private const int Rounds = 10;

    public async Task RunAsync(Report report)
    {
        var bare = await BareLikeOursAsync();
        var (floor, request, up, whole) = (new Sample(), new Sample(), new Sample(), new Sample());
        for (var round = 0; round < Rounds; round++)
        {
            floor.Add(await bare.BootAsync());
            var (first, uptime, end) = await RequestAsync();
            request.Add(first);
            up.Add(uptime);
            whole.Add(end);
        }
        report.Section(
            "Cold request",
            $"`qvm-run -p --dispvm={template}-dvm 'cat /proc/uptime'` with nothing prepared, in turns with the same kernel on the same " +
            "virtual hardware and an init that only says that it runs. \"Guest's own clock\" is what `/proc/uptime` says when the " +
            "service runs: kernel, agent as init, disks, and the service's start; the rest of the request is the host's.",
            ["what", "N", "p50", "p99", "ratio to the bare kernel"],
            new (string Name, Sample Sample)[]
            {
                ("bare kernel: process start to init", floor),
                ("cold request: command to first output", request),
                ("guest's own clock at first output", up),
                ("cold request: whole command, disposable destroyed", whole),
            }.Select(r => new[]
            {
                r.Name, $"{r.Sample.Count}", Report.Seconds(r.Sample.Percentile(50)), Report.Seconds(r.Sample.Percentile(99)),
                (r.Sample.Percentile(50) / floor.Percentile(50)).ToString("0.00"),
            }));
    }

    private async Task<(double First, double Uptime, double Whole)> RequestAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        using var process = daemon.Tool("qvm-run", "-p", $"--dispvm={template}-dvm", "cat /proc/uptime").Start();
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        var first = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await process.WaitForExitAsync();
        return (first, double.Parse(line.Split(' ')[0]), Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private async Task<BareKernel> BareLikeOursAsync()
    {
        using var process = daemon.Tool("qvm-run", "-p", $"--dispvm={template}-dvm", "echo up; cat").Start();
        await process.StandardOutput.ReadLineAsync();
        var machine = int.Parse(daemon.Machines().Single().Split(' ')[0]);
        var bare = await BareKernel.LikeAsync(machine, daemon.Root);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return bare;
    }
}
