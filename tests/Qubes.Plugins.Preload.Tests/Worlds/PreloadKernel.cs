using System.Diagnostics;
using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Startup;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.GuiHiding;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>
/// The real kernel on a real store with the real plugin; machines, guests, volumes and time are simulated. Templates <c>tmpl</c>
/// and <c>other</c>, disposable templates <c>dvm</c> (the system's default) and <c>dvm2</c>, an AppVM <c>work</c>.
/// </summary>
internal sealed class PreloadKernel : IAsyncDisposable
{
    private const int MostWakings = 10_000;
    private static int fewestBusy = int.MaxValue;

    private readonly DirectoryInfo root;
    private readonly Faults faults = new();
    private IContainer container = null!;
    private ILifetimeScope plugin = null!;

    private PreloadKernel(DirectoryInfo root, PreloadWorld world)
    {
        this.root = root;
        World = world;
    }

    public PreloadWorld World { get; }

    /// <summary>As <c>SUBJECT WIRENAME key=value …</c>, in the order in which clients see them.</summary>
    public List<string> Events { get; } = [];

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public IVolumes Volumes => container.Resolve<IVolumes>();

    public IPreloads Preloads => plugin.Resolve<IPreloads>();

    public LivingPreloads Lives => plugin.Resolve<LivingPreloads>();

    /// <summary>One of the plugin's parts.</summary>
    public T Part<T>() where T : notnull => plugin.Resolve<T>();

    public Breakers Breakers => plugin.Resolve<Breakers>();

    public PreloadQueue Queue => plugin.Resolve<PreloadQueue>();

    public RequestsInFlight Requests => plugin.Resolve<RequestsInFlight>();

    public PreloadSettings Settings => plugin.Resolve<PreloadSettings>();

    public IDisposables Disposables => container.Resolve<IDisposables>();

    public IEventBus Bus { get; private set; } = null!;

    private IKernelLoop Loop => container.Resolve<IKernelLoop>();

    public static async Task<PreloadKernel> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("qubes-preload-");
        Directory.CreateDirectory(root + "/var/lib/qubes/vm-kernels/1.0");
        await File.WriteAllTextAsync(root + "/var/lib/qubes/vm-kernels/1.0/vmlinuz", "");
        var kernel = await new PreloadKernel(root, new PreloadWorld()).BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

    /// <summary>As if the daemon were killed and started again: nothing of the plugin is ended, and machines run on.</summary>
    public async Task<PreloadKernel> CrashAsync(Action? whileAway = null)
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        AssertNoFaults();
        whileAway?.Invoke();
        return await new PreloadKernel(root, World).BootAsync();
    }

    /// <summary>Changes the state file while no daemon has it.</summary>
    public void WriteState(string statement)
    {
        using var sqlite = Process.Start("sqlite3", [root + "/var/lib/qubes/state.db", statement]);
        sqlite.WaitForExit();
        Assert.Equal(0, sqlite.ExitCode);
    }

    /// <summary>Stops the plugin as the daemon does before it ends.</summary>
    public Task StopPluginAsync() => OnLoop(async () =>
    {
        foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
            await service.StopAsync(default);
    });

    public Task OnLoop(Func<Task> work) => Loop.InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<Task<T>> work) => Loop.InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<T> work) => Loop.InvokeAsync(() => Task.FromResult(work()));

    public Task OnLoop(Action work) => Loop.InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <summary>Sets a feature and lets everything happen that it causes without time passing.</summary>
    public async Task SetAsync(string qube, string feature, string value)
    {
        await OnLoop(() => Qubes.Find(qube).Features.Set(feature, value));
        await SettleAsync();
    }

    /// <summary>Writes a queue that the daemon itself would not, as a state from before a host's crash may hold.</summary>
    public Task ForceQueueAsync(string template, string names) => OnLoop(async () =>
    {
        var rules = plugin.Resolve<IEnumerable<IKernelService>>().OfType<QueueRules>().Single();
        await rules.StopAsync(default);
        Qubes.Find(template).Features.Set("preload-dispvm", names);
        await rules.StartAsync(default);
    });

    public Task<IQube> AcquireAsync(string template = "dvm", string by = "work", CancellationToken cancel = default) =>
        OnLoop(() => Disposables.AcquireAsync(new(Qubes.Find(template), Qubes.Find(by)), cancel));

    /// <summary>The names in a template's queue.</summary>
    public Task<string[]> QueueAsync(string template = "dvm") => OnLoop(() => QueueOf(template));

    public string[] QueueOf(string template) =>
        (Qubes.Find(template).Features.GetValueOrDefault("preload-dispvm") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public Task<PowerState> StateAsync(string qube) => OnLoop(() => Qubes.Find(qube).PowerState);

    public Task<bool> ExistsAsync(string qube) => OnLoop(() => Qubes.TryFind(qube, out _));

    public Task<string?> WhyNotFullAsync(string template = "dvm") =>
        OnLoop(() => WhyNotFull(template));

    public string? WhyNotFull(string template) => plugin.Resolve<Shortfalls>().WhyNotFull(Qubes.Find(template));

    /// <summary>How many names a template's queue may hold now.</summary>
    public int LongestQueueOf(IQube template) => Queue.LongestOf(template);

    /// <summary>Names of all disposables.</summary>
    public Task<string[]> DisposablesAsync() =>
        OnLoop(() => Qubes.Where(q => q.Class == QubeClass.DispVM).Select(q => q.Name).ToArray());

    /// <summary>Lets time pass, from one thing that is due to the next, and what each causes happen.</summary>
    public async Task PassAsync(double seconds)
    {
        var until = World.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await SettleAsync();
        for (var i = 0; World.Clock.GetUtcNow() < until; i++)
        {
            Assert.True(i < MostWakings, "something wakes up again and again without time passing");
            var next = World.Clock.NextDue is { } due && due < until ? due : until;
            World.Clock.Advance(next > World.Clock.GetUtcNow() ? next - World.Clock.GetUtcNow() : TimeSpan.Zero);
            await SettleAsync();
        }
    }

    /// <summary>Lets time pass until something has ended; fails when it has not after that many seconds.</summary>
    public async Task FinishAsync(Task work, double mostSeconds = 600)
    {
        var until = World.Clock.GetUtcNow() + TimeSpan.FromSeconds(mostSeconds);
        await SettleAsync();
        while (!work.IsCompleted && World.Clock.GetUtcNow() < until)
            await PassAsync(0.5);
        Assert.True(work.IsCompleted, $"it has not ended after {mostSeconds} s");
        await work;
    }

    /// <summary>
    /// Returns when nothing happens any more without time passing: the loop has nothing to do, and nobody else works who could
    /// give it something, several times in a row.
    /// </summary>
    public async Task SettleAsync()
    {
        const int quietRounds = 8;
        const int mostRounds = 300;
        for (int quiet = 0, rounds = 0; quiet < quietRounds && rounds < mostRounds; quiet++, rounds++)
        {
            var before = Events.Count;
            await OnLoop(() => { });
            await Task.Yield();
            if (Events.Count != before || ThreadPool.PendingWorkItemCount > 0 || AreOthersBusy())
                quiet = 0;
        }
    }

    // The fewest that were ever busy are the test runner's own and this one.
    private static bool AreOthersBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        fewestBusy = Math.Min(fewestBusy, most - idle);
        return most - idle > fewestBusy;
    }

    public async ValueTask DisposeAsync()
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        root.Delete(recursive: true);
        AssertNoFaults();
    }

    public void AssertNoFaults() => Assert.Empty(faults.Seen);

    /// <summary>What broke unseen since it was last asked.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        var seen = faults.Seen.ToList();
        faults.Seen.Clear();
        return seen;
    }

    private async Task<PreloadKernel> BootAsync()
    {
        World.Guests.Forget();
        container = Container();
        Bus = container.Resolve<Func<string, int, IEventBus>>()("test", 2000);
        var startup = container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        plugin = container.BeginLifetimeScope(inner =>
        {
            inner.Register(c => container.Resolve<Func<string, int, IEventBus>>()("Preload", 1000)).As<IEventBus>().SingleInstance();
            inner.RegisterModule<PreloadPlugin>();
            inner.RegisterModule<GuiHidingPlugin>();
        });
        await OnLoop(() => Bus.Observe(Note));
        World.Offer(plugin.Resolve<IPreloads>(), plugin.Resolve<IDisposableSource>(), plugin.Resolve<IAnnouncedDemand>());
        await startup.AttachAsync(default);
        await OnLoop(async () =>
        {
            foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
                await service.StartAsync(default);
        });
        return this;
    }

    private IContainer Container()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterInstance(new QubesPaths(root.FullName, "/usr"));
        builder.RegisterInstance(new KernelOptions("simulated"));
        builder.RegisterInstance<ILoggerFactory>(new LoggerFactory([faults])).ExternallyOwned();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance<TimeProvider>(World.Clock);
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
        builder.RegisterInstance<IExtensions>(World);
        return builder.Build();
    }

    private void Note(QubesEvent e)
    {
        if (e.IsPublished)
            Events.Add(string.Join(' ', [e.Subject?.Name ?? "-", e.WireName, .. e.Arguments.Select(a => $"{a.Key}={a.Value}")]));
    }

    private Task PopulateAsync() => OnLoop(async () =>
    {
        var template = await Qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl", "black"), default);
        await Qubes.CreateAsync(new(QubeClass.TemplateVM, "other", "black"), default);
        Qubes.System.Set(SystemProperties.DefaultTemplate, template);
        Qubes.System.Set(SystemProperties.DefaultKernel, "1.0");
        await Qubes.CreateAsync(new(QubeClass.AppVM, "work", "red"), default);
        foreach (var name in new[] { "dvm", "dvm2" })
        {
            var dvm = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "orange"), default);
            dvm.Properties.Set(QubeProperties.TemplateForDispvms, true);
        }
        foreach (var name in new[] { "tmpl", "other" })
        {
            foreach (var feature in new[] { "qrexec", "supported-rpc.qubes.WaitForRunningSystem", "supported-rpc.qubes.WaitForSession" })
                Qubes.Find(name).Features.Set(feature, "1");
        }
        Qubes.System.Set(SystemProperties.DefaultDispvm, Qubes.Find("dvm"));
        Events.Clear();
    });
}
