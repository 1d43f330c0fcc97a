using System.Diagnostics;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Transfers;

/// <summary>Bytes through a service, end to end: guest process, agent, virtio-serial, daemon, tool, pipe.</summary>
internal sealed class Transfer(Daemon daemon, string template)
{
    private const int Rounds = 5;
    private const long Size = 1L << 30;

    public async Task RunAsync(Report report)
    {
        (await daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", template, "-l", "blue", "bench")).Succeeded();
        (await daemon.RunAsync("qvm-start", "bench")).Succeeded();
        var (toHost, toGuest) = (new Sample(), new Sample());
        for (var round = 0; round < Rounds; round++)
        {
            toHost.Add(await RateAsync($"\"$QVM_RUN\" -p bench 'head -c {Size} /dev/zero' > /dev/null"));
            toGuest.Add(await RateAsync($"head -c {Size} /dev/zero | \"$QVM_RUN\" -p bench 'cat > /dev/null'"));
        }
        report.Section(
            "Transfer",
            "1 GiB of zeros through `qvm-run -p` and a running qube, start of the service and its end included.",
            ["direction", "N", "p50 MB/s", "slowest MB/s"],
            [Row("guest to host", toHost), Row("host to guest", toGuest)]);
        (await daemon.RunAsync("qvm-kill", "bench")).Succeeded();
    }

    private static string[] Row(string name, Sample sample) =>
        [name, $"{sample.Count}", sample.Percentile(50).ToString("0"), sample.Percentile(1).ToString("0")];

    // The shell connects the streams, so that nothing of ours but the tool itself is between the pipes.
    private async Task<double> RateAsync(string line)
    {
        var begin = Stopwatch.GetTimestamp();
        (await LocalProgram.RunAsync(
            "env", "QUBES_ROOT=" + daemon.Root, "QVM_RUN=" + Repository.Program("qvm-run"), "bash", "-o", "pipefail", "-c", line)).Succeeded();
        return Size / 1e6 / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
