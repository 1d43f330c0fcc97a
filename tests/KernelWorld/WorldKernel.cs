using System.Text;
using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Startup;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Time;

namespace Qubes.KernelWorld;

/// <summary>
/// The real kernel on a real store with one real plugin; what lies outside of the daemon, and time, are the test's. One object is one run of
/// the daemon.
/// </summary>
/// <param name="root">Where it has its files; deleted at the end.</param>
/// <param name="outside">What the plugin and the kernel find beside themselves.</param>
internal abstract class WorldKernel(DirectoryInfo root, IExtensions outside, VirtualTimeProvider clock) : IAsyncDisposable
{
    private const int MostWakings = 10_000;

    private readonly Faults faults = new();
    private IContainer container = null!;
    private ILifetimeScope plugin = null!;

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public QubesPaths Paths => container.Resolve<QubesPaths>();

    /// <summary>The test's own.</summary>
    public IEventBus Bus { get; private set; } = null!;

    /// <summary>Where its files are.</summary>
    protected DirectoryInfo Root => root;

    private IKernelLoop Loop => container.Resolve<IKernelLoop>();

    /// <summary>One of the kernel's parts.</summary>
    public T OfKernel<T>() where T : notnull => container.Resolve<T>();

    /// <summary>One of the plugin's parts.</summary>
    public T Part<T>() where T : notnull => plugin.Resolve<T>();

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

    /// <summary>Calls a method of the Admin API as the host.</summary>
    public Task<string> CallAsync(string method, string destination, string argument = "") => OnLoop(async () =>
    {
        var found = (AnsweringMethod)plugin.Resolve<IAdminMethodProvider>().Methods.Single(m => m.Name == method);
        var answer = await found.Handler(new AdminCall(method, Qubes.AdminVm, Qubes.Find(destination), argument, default), default);
        return Encoding.UTF8.GetString(answer.Utf8.Span);
    });

    /// <summary>Lets time pass, from one thing that is due to the next, and what each causes happen.</summary>
    public async Task PassAsync(double seconds)
    {
        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await SettleAsync();
        for (var i = 0; clock.GetUtcNow() < until; i++)
        {
            Assert.True(i < MostWakings, "something wakes up again and again without time passing");
            var next = clock.NextDue is { } due && due < until ? due : until;
            clock.Advance(next > clock.GetUtcNow() ? next - clock.GetUtcNow() : TimeSpan.Zero);
            await SettleAsync();
        }
    }

    /// <summary>Returns when nothing happens any more without time passing.</summary>
    public Task SettleAsync() => Quiet.UntilAsync(Loop);

    /// <summary>Lets time pass until something has ended; fails when it has not after that many seconds.</summary>
    public async Task FinishAsync(Task work, double mostSeconds = 600)
    {
        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(mostSeconds);
        await SettleAsync();
        while (!work.IsCompleted && clock.GetUtcNow() < until)
            await PassAsync(0.5);
        Assert.True(work.IsCompleted, $"it has not ended after {mostSeconds} s");
        await work;
    }

    /// <inheritdoc cref="FinishAsync(Task, double)"/>
    public async Task<T> FinishAsync<T>(Task<T> work, double mostSeconds = 600)
    {
        await FinishAsync((Task)work, mostSeconds);
        return await work;
    }

    /// <summary>Stops the plugin as the daemon does before it ends.</summary>
    public Task StopPluginAsync() => OnLoop(async () =>
    {
        foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
            await service.StopAsync(default);
    });

    public void AssertNoFaults() => Assert.Empty(faults.Seen);

    /// <summary>What broke unseen since it was last asked.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        var seen = faults.Seen.ToList();
        faults.Seen.Clear();
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await StopKernelAsync();
        root.Delete(recursive: true);
    }

    /// <summary>What is ended before the kernel, where that is more than a killed daemon would do.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>As if the daemon were killed, but for the loop, which ends its turn; nothing may have broken unseen.</summary>
    protected async Task StopKernelAsync()
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        AssertNoFaults();
    }

    /// <summary>Takes the plugin's parts apart.</summary>
    protected Task UnloadPluginAsync() => OnLoop(() => plugin.DisposeAsync().AsTask());

    /// <summary>A kernel that a guest can be started with.</summary>
    /// <param name="version">As qubes name it.</param>
    protected static async Task AddGuestKernelAsync(DirectoryInfo root, string version)
    {
        Directory.CreateDirectory($"{root}/var/lib/qubes/vm-kernels/{version}");
        await File.WriteAllTextAsync($"{root}/var/lib/qubes/vm-kernels/{version}/vmlinuz", "");
    }

    /// <summary>Starts kernel and plugin.</summary>
    /// <param name="name">The plugin's.</param>
    /// <param name="register">Registers what the plugin consists of.</param>
    /// <param name="loaded">Is called when all parts can be had and nothing has begun.</param>
    protected async Task BootAsync(string name, Action<ContainerBuilder> register, Func<Task> loaded)
    {
        container = Container();
        Bus = BusOf("test", 2000);
        var startup = container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        plugin = container.BeginLifetimeScope(inner =>
        {
            inner.Register(_ => BusOf(name, 1000)).SingleInstance();
            register(inner);
        });
        await loaded();
        await startup.AttachAsync(default);
        await OnLoop(async () =>
        {
            foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
                await service.StartAsync(default);
        });
    }

    private IEventBus BusOf(string owner, int order) => container.Resolve<Func<string, int, IEventBus>>()(owner, order);

    private IContainer Container()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterInstance(new QubesPaths(root.FullName, "/usr"));
        builder.RegisterInstance(new KernelOptions("simulated"));
        builder.RegisterInstance<ILoggerFactory>(new LoggerFactory([faults])).ExternallyOwned();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance<TimeProvider>(clock);
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
        builder.RegisterInstance(outside);
        return builder.Build();
    }
}
