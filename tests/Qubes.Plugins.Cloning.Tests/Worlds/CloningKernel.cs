using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Startup;
using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Status;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>
/// The real kernel on a real store with the real plugin; machines, guests, volumes and time are simulated. A template <c>tmpl</c>,
/// disposable templates <c>dvm</c> and <c>dvm2</c>, an AppVM <c>work</c>.
/// </summary>
internal sealed class CloningKernel : IAsyncDisposable
{
    private const int MostWakings = 2_000;
    private static int fewestBusy = int.MaxValue;

    private readonly DirectoryInfo root;
    private readonly Faults faults = new();
    private IContainer container = null!;
    private ILifetimeScope plugin = null!;

    private CloningKernel(DirectoryInfo root, CloningWorld world)
    {
        this.root = root;
        World = world;
    }

    public CloningWorld World { get; }

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public IEventBus Bus { get; private set; } = null!;

    private IKernelLoop Loop => container.Resolve<IKernelLoop>();

    public static async Task<CloningKernel> StartAsync(CloningWorld? world = null)
    {
        var root = Directory.CreateTempSubdirectory("qubes-cloning-");
        foreach (var version in new[] { "1.0", "2.0" })
        {
            Directory.CreateDirectory($"{root}/var/lib/qubes/vm-kernels/{version}");
            await File.WriteAllTextAsync($"{root}/var/lib/qubes/vm-kernels/{version}/vmlinuz", "");
        }
        var kernel = await new CloningKernel(root, world ?? new CloningWorld()).BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

    /// <summary>As if the daemon were killed and started again: processes that wait end with it, and so do prepared layers.</summary>
    public async Task<CloningKernel> CrashAsync(Action? whileAway = null)
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        Assert.Empty(faults.Seen);
        foreach (var reserve in World.Driver.Reserves.ToList())
        {
            foreach (var disk in reserve.Disks)
                await disk.Pool.DiscardAsync(disk, default);
            World.Driver.Reserves.Remove(reserve);
        }
        whileAway?.Invoke();
        return await new CloningKernel(root, World).BootAsync();
    }

    public Task OnLoop(Func<Task> work) => Loop.InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<Task<T>> work) => Loop.InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<T> work) => Loop.InvokeAsync(() => Task.FromResult(work()));

    public Task OnLoop(Action work) => Loop.InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <summary>Stops the plugin as the daemon does before it ends.</summary>
    public Task StopPluginAsync() => OnLoop(async () =>
    {
        foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
            await service.StopAsync(default);
    });

    /// <summary>Sets a feature and lets everything happen that it causes without time passing.</summary>
    public async Task SetAsync(string qube, string feature, string value)
    {
        await OnLoop(() => Qubes.Find(qube).Features.Set(feature, value));
        await SettleAsync();
    }

    /// <summary>Somebody's disposable, started.</summary>
    public async Task<IQube> StartOneAsync(string template = "dvm", Action<IQube>? before = null)
    {
        var qube = await OnLoop(() => container.Resolve<IDisposables>().AcquireAsync(new(Qubes.Find(template), Qubes.Find("work")), default));
        await OnLoop(() =>
        {
            before?.Invoke(qube);
            return qube.StartAsync(default);
        });
        await SettleAsync();
        return qube;
    }

    /// <summary>Starts a disposable; whether it began as a copy.</summary>
    public async Task<bool> IsCopiedAsync(string template = "dvm", Action<IQube>? before = null) =>
        World.Driver.Copies.Contains((await StartOneAsync(template, before)).Name);

    /// <summary>Has the first disposable booted, and waits until the memory template is there.</summary>
    public async Task BuildAsync(string template = "dvm")
    {
        Assert.False(await IsCopiedAsync(template));
        await PassAsync(10);
        Assert.Equal("ready", (await StatusAsync(template)).State);
    }

    public Task<MemoryTemplateStatus> StatusAsync(string template = "dvm") =>
        OnLoop(() => plugin.Resolve<StatusReader>().Of(Qubes.Find(template)));

    public Task<TemplateRecord> RecordAsync(string template = "dvm") => OnLoop(() => plugin.Resolve<TemplateRecords>().Of(Qubes.Find(template)));

    public T Part<T>() where T : notnull => plugin.Resolve<T>();

    /// <summary>Calls a method of the Admin API as the host.</summary>
    public Task<string> CallAsync(string method, string destination, string argument = "") => OnLoop(async () =>
    {
        var found = (AnsweringMethod)plugin.Resolve<IAdminMethodProvider>().Methods.Single(m => m.Name == method);
        var answer = await found.Handler(new AdminCall(method, Qubes.AdminVm, Qubes.Find(destination), argument, default), default);
        return System.Text.Encoding.UTF8.GetString(answer.Utf8.Span);
    });

    /// <summary>Names of disposables that the plugin made for itself.</summary>
    public Task<string[]> HiddenAsync() => OnLoop(() => Qubes.Where(q => plugin.Resolve<HiddenQubes>().IsNobodys(q)).Select(q => q.Name).ToArray());

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

    /// <summary>Returns when nothing happens any more without time passing.</summary>
    public async Task SettleAsync()
    {
        const int quietRounds = 24;
        const int mostRounds = 3000;
        for (int quiet = 0, rounds = 0; quiet < quietRounds && rounds < mostRounds; quiet++, rounds++)
        {
            await OnLoop(() => { });
            await Task.Yield();
            if (ThreadPool.PendingWorkItemCount > 0 || AreOthersBusy())
                quiet = 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopPluginAsync();
        await container.Resolve<IKernelStartup>().StopAsync();
        root.Delete(recursive: true);
        Assert.Empty(faults.Seen);
    }

    /// <summary>What broke unseen since it was last asked.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        var seen = faults.Seen.ToList();
        faults.Seen.Clear();
        return seen;
    }

    // The fewest that were ever busy are the test runner's own and this one.
    private static bool AreOthersBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        fewestBusy = Math.Min(fewestBusy, most - idle);
        return most - idle > fewestBusy;
    }

    private async Task<CloningKernel> BootAsync()
    {
        container = Container();
        Bus = container.Resolve<Func<string, int, IEventBus>>()("test", 2000);
        var startup = container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        plugin = container.BeginLifetimeScope(inner =>
        {
            inner.Register(c => container.Resolve<Func<string, int, IEventBus>>()("Cloning", 1000)).As<IEventBus>().SingleInstance();
            inner.RegisterInstance(World.Configuration).As<IConfiguration>();
            inner.RegisterModule<CloningPlugin>();
        });
        World.Offer(plugin.Resolve<IDisposableCloner>(), plugin.Resolve<IUnclaimedQubes>());
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

    private Task PopulateAsync() => OnLoop(async () =>
    {
        var template = await Qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl", "black"), default);
        Qubes.System.Set(SystemProperties.DefaultTemplate, template);
        Qubes.System.Set(SystemProperties.DefaultKernel, "1.0");
        await Qubes.CreateAsync(new(QubeClass.AppVM, "work", "red"), default);
        foreach (var name in new[] { "dvm", "dvm2" })
        {
            var dvm = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "orange"), default);
            dvm.Properties.Set(QubeProperties.TemplateForDispvms, true);
        }
        foreach (var feature in new[] { "qrexec", "supported-rpc.qubes.WaitForRunningSystem" })
            template.Features.Set(feature, "1");
    });
}
