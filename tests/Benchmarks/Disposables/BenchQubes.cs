using System.Text;
using Qubes.Benchmarks.AdminApi;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Disposables;

/// <summary>A running qube, a disposable template, and how many disposables of it are preloaded.</summary>
internal sealed class BenchQubes(Daemon daemon, string template)
{
    public const string Running = "vm1";

    /// <summary>The reference's choice where there is no GUI.</summary>
    public const string Service = "qubes.WaitForRunningSystem";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public Daemon Daemon => daemon;

    public string Template => template + "-dvm";

    public async Task PrepareAsync()
    {
        (await daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", template, "-l", "blue", Running)).Succeeded();
        (await daemon.RunAsync("qvm-start", Running)).Succeeded();
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
