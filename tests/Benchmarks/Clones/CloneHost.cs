using System.Text;
using Qubes.Benchmarks.AdminApi;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Clones;

/// <summary>A daemon whose disposable templates differ only in how their disposables start.</summary>
internal sealed class CloneHost : IAsyncDisposable
{
    public const string Booted = "b-boot";
    public const string Copied = "b-clone";
    public const string Saved = "b-save";
    public const string Preloaded = "b-preload";
    public const string NotWarmed = "b-cold";
    public const string Running = "b-running";

    /// <summary>A small program of the template as a service: it prints the qube's name, and is the same in every row.</summary>
    public const string Small = "bench.Hostname";

    private const string Template = "debian-12-convert";
    private const string Memory = "256";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly RawClient client;

    private CloneHost(Daemon daemon, int reserve)
    {
        Daemon = daemon;
        Reserve = reserve;
        client = new RawClient(Socket);
    }

    public Daemon Daemon { get; }

    /// <summary>How many processes wait for each memory template.</summary>
    public int Reserve { get; }

    public string Socket => Daemon.Root + "/run/qubesd.sock";

    public static async Task<CloneHost> StartAsync(int reserve, string settings = "")
    {
        var daemon = await Daemon.StartConfiguredAsync($"[Cloning]\nbuild=manual\nreserve={reserve}\nbudget=8192\n{settings}");
        var host = new CloneHost(daemon, reserve);
        (await daemon.RunAsync("qvm-template-build", Template)).Succeeded();
        (await daemon.RunAsync("qvm-start", Template)).Succeeded();
        (await daemon.RunAsync("qvm-run", "-p", "-u", "root", Template, $"ln -s /usr/bin/hostname /etc/qubes-rpc/{Small} && sync")).Succeeded();
        (await daemon.RunAsync("qvm-shutdown", "--wait", Template)).Succeeded();
        return host;
    }

    /// <summary>Makes one of the disposable templates, and freezes a machine of it where its disposables are copies.</summary>
    public async Task AddAsync(string name, params (string Feature, string Value)[] features)
    {
        await Daemon.AddDisposableTemplateAsync(name, Template, features);
        (await Daemon.RunAsync("qvm-prefs", name, "memory", Memory)).Succeeded();
        if (name == Booted)
            return;
        await Daemon.FreezeAsync(name);
        if (!await Daemon.IsCopiedAsync(name))
            throw new InvalidOperationException($"disposables of {name} are not copies: {Daemon.Log()}");
    }

    public async Task AddRunningAsync()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", Template, "-l", "blue", Running)).Succeeded();
        (await Daemon.RunAsync("qvm-prefs", Running, "memory", Memory)).Succeeded();
        (await Daemon.RunAsync("qvm-start", Running)).Succeeded();
    }

    public Task FeatureAsync(string qube, string feature, string value) => Daemon.RunAsync("qvm-features", qube, feature, value);

    public string Ask(string method, string destination, string argument = "", string payload = "") =>
        Encoding.UTF8.GetString(client.Ask(RawClient.Request(method, argument, destination, payload))[2..]);

    /// <summary>
    /// Returns when nothing is left of earlier disposables, so many preloads wait, and whatever is made for later ones is made: the
    /// daemon and its machines have next to nothing to do.
    /// </summary>
    public async Task QuietAsync(int preloads = 0)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!IsSettled(preloads) || await BusyAsync())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
                throw new TimeoutException($"it did not become quiet within {Patience}: {Daemon.Log()}");
        }
    }

    /// <summary>How often a disposable that should have been a copy was booted.</summary>
    public int Fallbacks => Daemon.Log().Split('\n').Count(l => l.Contains("is booted", StringComparison.Ordinal) && !l.Contains("disposable-clone", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    private bool IsSettled(int preloads)
    {
        var states = Ask("admin.vm.List", "dom0").Split('\n').Where(l => l.Contains(" class=DispVM ", StringComparison.Ordinal)).ToList();
        return states.Count == preloads && states.TrueForAll(l => l.Contains(" state=Paused ", StringComparison.Ordinal));
    }

    // A tick is 10 ms: a tenth of one processor's time, which a running guest that does nothing stays below.
    private async Task<bool> BusyAsync()
    {
        var before = MachineMemory.Ticks(Processes());
        await Task.Delay(250);
        return MachineMemory.Ticks(Processes()) - before > 2;
    }

    private IEnumerable<int> Processes() => Daemon.Machines().Select(m => int.Parse(m.Split(' ')[0])).Append(Daemon.ProcessId);
}
