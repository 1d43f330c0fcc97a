using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Startup;
using Qubes.Plugins.MemoryManager.Clients;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.MemoryManager.Tests.Worlds;

/// <summary>The real kernel with the real plugin; machines, the host's memory and time are simulated. AppVMs <c>one</c> to <c>three</c> of 1 to 4 GiB.</summary>
internal sealed class MemoryKernel : IAsyncDisposable
{
    private const int MostWakings = 5_000;
    private static int fewestBusy = int.MaxValue;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qmem-");
    private readonly Faults faults = new();
    private IContainer container = null!;
    private ILifetimeScope plugin = null!;

    public MemoryWorld World { get; } = new();

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public QubesPaths Paths => container.Resolve<QubesPaths>();

    public string SocketPath => plugin.Resolve<ClientServer>().SocketPath;

    public IMemoryBroker Broker => plugin.Resolve<IMemoryBroker>();

    public static async Task<MemoryKernel> StartAsync()
    {
        var kernel = new MemoryKernel();
        await kernel.BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

    public T Part<T>() where T : notnull => plugin.Resolve<T>();

    public Task OnLoop(Func<Task> work) => container.Resolve<IKernelLoop>().InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<Task<T>> work) => container.Resolve<IKernelLoop>().InvokeAsync(work);

    public Task<T> OnLoop<T>(Func<T> work) => OnLoop(() => Task.FromResult(work()));

    public Task OnLoop(Action work) => OnLoop(() =>
    {
        work();
        return Task.CompletedTask;
    });

    public IQube Find(string name) => Qubes.Find(name);

    public SimulatedMachine MachineOf(string name) => World.Machines.Machines.Single(m => m.Spec.Name == name);

    /// <summary>MiB that the guest has now.</summary>
    public async Task<long> HasAsync(string name) => (await MachineOf(name).MeasureAsync(default)).MemoryKiB >> 10;

    /// <summary>Starts a qube, whose agent says at once what it uses.</summary>
    public async Task StartAsync(string name, long usedMiB)
    {
        await OnLoop(() => Find(name).StartAsync(default));
        await SayAsync(name, usedMiB);
    }

    public async Task SayAsync(string name, long usedMiB)
    {
        await OnLoop(() => plugin.Resolve<IGuestMemoryListener>().Reported(Find(name), usedMiB << 20));
        await SettleAsync();
    }

    /// <summary>Calls a method of the Admin API as the host.</summary>
    public Task<string> CallAsync(string method, string destination) => OnLoop(async () =>
    {
        var found = (AnsweringMethod)plugin.Resolve<IAdminMethodProvider>().Methods.Single(m => m.Name == method);
        var answer = await found.Handler(new AdminCall(method, Qubes.AdminVm, Find(destination), "", default), default);
        return System.Text.Encoding.UTF8.GetString(answer.Utf8.Span);
    });

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

    /// <summary>Lets time pass until a task has ended, at most a minute.</summary>
    public async Task<T> EndOfAsync<T>(Task<T> task)
    {
        for (var i = 0; i < 600 && !task.IsCompleted; i++)
            await PassAsync(0.1);
        Assert.True(task.IsCompleted, "it did not end within a minute");
        return await task;
    }

    /// <summary>Returns when nothing happens any more without time passing.</summary>
    public async Task SettleAsync()
    {
        const int quietRounds = 8;
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
        await OnLoop(async () =>
        {
            foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
                await service.StopAsync(default);
        });
        await OnLoop(() => plugin.DisposeAsync().AsTask());
        await container.Resolve<IKernelStartup>().StopAsync();
        root.Delete(recursive: true);
        Assert.Empty(faults.Seen);
    }

    // The fewest that were ever busy are the test runner's own and this one.
    private static bool AreOthersBusy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        fewestBusy = Math.Min(fewestBusy, most - idle);
        return most - idle > fewestBusy;
    }

    private async Task BootAsync()
    {
        Directory.CreateDirectory($"{root}/var/lib/qubes/vm-kernels/1.0");
        await File.WriteAllTextAsync($"{root}/var/lib/qubes/vm-kernels/1.0/vmlinuz", "");
        container = Container();
        var startup = container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        plugin = container.BeginLifetimeScope(inner =>
        {
            inner.Register(_ => container.Resolve<Func<string, int, IEventBus>>()("MemoryManager", 1000)).As<IEventBus>().SingleInstance();
            inner.RegisterInstance<IConfiguration>(new ConfigurationBuilder().Build());
            inner.RegisterModule<MemoryManagerPlugin>();
            inner.RegisterInstance<IHostMemory>(World).ExternallyOwned();
        });
        World.Offer(plugin.Resolve<IMemoryBroker>(), plugin.Resolve<IGuestMemoryListener>());
        await startup.AttachAsync(default);
        await OnLoop(async () =>
        {
            foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
                await service.StartAsync(default);
        });
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
        foreach (var name in new[] { "one", "two", "three" })
        {
            var qube = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "red"), default);
            qube.Properties.Set(QubeProperties.Memory, 1024);
            qube.Properties.Set(QubeProperties.Maxmem, 4096);
        }
    });
}
