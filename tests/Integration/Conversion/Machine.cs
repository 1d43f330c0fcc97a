using System.Diagnostics;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>Deals with a machine behind the daemon's back.</summary>
internal static class Machine
{
    /// <summary>Returns when a disposable's machine has been built and is up.</summary>
    public static async Task AppearsAsync(Daemon daemon)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1))
        {
            var running = await daemon.RunAsync("qvm-ls", "--raw-list", "--running");
            if (running.Text.Contains("disp", StringComparison.Ordinal))
                return;
        }
        throw new TimeoutException("no disposable came up");
    }

    /// <summary>SIGKILL to every machine of the daemon.</summary>
    public static void Kill(Daemon daemon)
    {
        foreach (var machine in daemon.Machines())
        {
            using var process = Process.GetProcessById(int.Parse(machine.Split(' ')[0]));
            process.Kill();
        }
    }
}
