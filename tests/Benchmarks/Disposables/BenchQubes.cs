using System.Text;
using Qubes.Benchmarks.AdminApi;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Disposables;

/// <summary>Two running qubes, a disposable template, and how many disposables of it are preloaded.</summary>
internal sealed class BenchQubes(Daemon daemon, string template)
{
    /// <summary>The one that is called from the host, and that calls.</summary>
    public const string Running = "vm1";

    /// <summary>The one that the other qube calls.</summary>
    public const string Other = "vm2";

    private const string Policy = "bench.Denied * * * deny\n* * vm1 vm2 allow\n* * vm2 vm1 allow\n* * vm1 @dispvm allow\n";

    // Services of the benchmarks' own: one that does nothing, one that returns what it gets, one that never stops.
    private const string Services = """
        mkdir -p /run/qubes-rpc && cd /run/qubes-rpc
        printf '#!/bin/sh\n' >bench.Nothing
        printf '#!/bin/sh\nexec cat\n' >bench.Echo
        printf '#!/bin/sh\nexec cat >/dev/null\n' >bench.Sink
        printf '#!/bin/sh\nexec head -c "$1" /dev/zero\n' >bench.Source
        chmod 755 bench.*
        """;

    /// <summary>The reference's choice where there is no GUI.</summary>
    public const string Service = "qubes.WaitForRunningSystem";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Daemon Daemon => daemon;

    public string Template => template + "-dvm";

    public async Task PrepareAsync()
    {
        await File.WriteAllTextAsync(daemon.Root + "/etc/qubes/policy.d/30-bench.policy", Policy);
        foreach (var qube in (string[])[Running, Other])
        {
            (await daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", template, "-l", "blue", qube)).Succeeded();
            (await daemon.RunAsync("qvm-prefs", qube, "default_dispvm", Template)).Succeeded();
            (await daemon.RunAsync("qvm-start", qube)).Succeeded();
            (await daemon.RunAsync("qvm-run", "-p", "-u", "root", qube, Services)).Succeeded();
        }
        // What a first call has to load is not what is measured.
        (await daemon.RunAsync("qvm-run", "-p", "--service", Running, Service)).Succeeded();
        (await daemon.RunAsync("qvm-run", "-p", "--service", "--dispvm=" + Template, "--", Service)).Succeeded();
    }

    /// <summary>Sets how many are wanted and returns when that many are ready, or when all are gone.</summary>
    public async Task PreloadAsync(int count)
    {
        (await daemon.RunAsync("qvm-features", Template, "preload-dispvm-max", $"{count}")).Succeeded();
        await FullAsync(count);
    }

    /// <summary>Waits until so many are ready and none other is left.</summary>
    public async Task FullAsync(int count)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!IsFull(count))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
                throw new TimeoutException($"{count} preloads were not ready within {Patience}: {daemon.Log()}");
            await Task.Delay(50);
        }
    }

    private bool IsFull(int count)
    {
        var states = Ask("admin.vm.List", "", "dom0").Split('\n').Where(l => l.Contains(" class=DispVM ", StringComparison.Ordinal))
            .Select(l => l.Contains(" state=Paused ", StringComparison.Ordinal)).ToList();
        return states.Count == count && states.TrueForAll(paused => paused);
    }

    private string Ask(string method, string argument, string destination) =>
        Encoding.UTF8.GetString(new RawClient(daemon.Root + "/run/qubesd.sock").Ask(RawClient.Request(method, argument, destination))[2..]);
}
