using System.Diagnostics;
using Autofac;
using Qubes.KernelWorld;
using Qubes.Plugins.GuiHiding;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Requests;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>
/// The real kernel on a real store with the real plugin; machines, guests, volumes and time are simulated. Templates <c>tmpl</c>
/// and <c>other</c>, disposable templates <c>dvm</c> (the system's default) and <c>dvm2</c>, an AppVM <c>work</c>.
/// </summary>
internal sealed class PreloadKernel : WorldKernel
{
    private PreloadKernel(DirectoryInfo root, PreloadWorld world) : base(root, world, world.Clock) => World = world;

    public PreloadWorld World { get; }

    /// <summary>As <c>SUBJECT WIRENAME key=value …</c>, in the order in which clients see them.</summary>
    public List<string> Events { get; } = [];

    public IVolumes Volumes => OfKernel<IVolumes>();

    public IPreloads Preloads => Part<IPreloads>();

    public LivingPreloads Lives => Part<LivingPreloads>();

    public Breakers Breakers => Part<Breakers>();

    public PreloadQueue Queue => Part<PreloadQueue>();

    public RequestsInFlight Requests => Part<RequestsInFlight>();

    public PreloadSettings Settings => Part<PreloadSettings>();

    public IDisposables Disposables => OfKernel<IDisposables>();

    public static async Task<PreloadKernel> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("qubes-preload-");
        await AddGuestKernelAsync(root, "1.0");
        var kernel = await new PreloadKernel(root, new PreloadWorld()).BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

    /// <summary>As if the daemon were killed and started again: nothing of the plugin is ended, and machines run on.</summary>
    public async Task<PreloadKernel> CrashAsync(Action? whileAway = null)
    {
        await StopKernelAsync();
        whileAway?.Invoke();
        return await new PreloadKernel(Root, World).BootAsync();
    }

    /// <summary>Changes the state file while no daemon has it.</summary>
    public void WriteState(string statement)
    {
        using var sqlite = Process.Start("sqlite3", [Root + "/var/lib/qubes/state.db", statement]);
        sqlite.WaitForExit();
        Assert.Equal(0, sqlite.ExitCode);
    }

    /// <summary>Writes a queue that the daemon itself would not, as a state from before a host's crash may hold.</summary>
    public Task ForceQueueAsync(string template, string names) => OnLoop(async () =>
    {
        var rules = Part<IEnumerable<IKernelService>>().OfType<QueueRules>().Single();
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

    public string? WhyNotFull(string template) => Part<Shortfalls>().WhyNotFull(Qubes.Find(template));

    /// <summary>How many names a template's queue may hold now.</summary>
    public int LongestQueueOf(IQube template) => Queue.LongestOf(template);

    /// <summary>Names of all disposables.</summary>
    public Task<string[]> DisposablesAsync() =>
        OnLoop(() => Qubes.Where(q => q.Class == QubeClass.DispVM).Select(q => q.Name).ToArray());

    private async Task<PreloadKernel> BootAsync()
    {
        World.Guests.Forget();
        await BootAsync("Preload", Register, async () =>
        {
            await OnLoop(() => Bus.Observe(Note));
            World.Offer(Preloads, Part<IDisposableSource>(), Part<IAnnouncedDemand>());
        });
        return this;
    }

    private static void Register(ContainerBuilder builder)
    {
        builder.RegisterModule<PreloadPlugin>();
        builder.RegisterModule<GuiHidingPlugin>();
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
