using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>
/// The real kernel on a real store in a directory of its own, with simulated machines and volumes and a clock that stands
/// still. Restarting it keeps the directory and the machines, as a restarted daemon finds them.
/// </summary>
internal sealed class TestKernel : IAsyncDisposable
{
    private readonly DirectoryInfo root;
    private IContainer container = null!;

    private TestKernel(DirectoryInfo root, World world)
    {
        this.root = root;
        World = world;
    }

    public World World { get; }

    public VirtualTimeProvider Clock => World.Clock;

    public SimulatedHypervisor Hypervisor => World.Hypervisor;

    public List<string> Events { get; } = [];

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public IDisposables Disposables => container.Resolve<IDisposables>();

    public IDeferredNetworks Networks => container.Resolve<IDeferredNetworks>();

    public IVolumes Volumes => container.Resolve<IVolumes>();

    public IEventBus Bus { get; private set; } = null!;

    /// <summary>What is committed; read on the loop.</summary>
    public StoredState Stored => container.Resolve<StateStore>().Load();

    public QubesPaths Paths => container.Resolve<QubesPaths>();

    private IKernelLoop Loop => container.Resolve<IKernelLoop>();

    public static async Task<TestKernel> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("qubes-kernel-");
        return await new TestKernel(root, new World()).BootAsync();
    }

    /// <summary>Ends this kernel and starts another one on the same state and the same machines.</summary>
    public async Task<TestKernel> RestartAsync(Action? whileAway = null)
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
        whileAway?.Invoke();
        return await new TestKernel(root, World).BootAsync();
    }

    /// <summary>Runs on the kernel loop.</summary>
    public Task OnLoop(Func<Task> work) => Loop.InvokeAsync(work);

    /// <summary>Runs on the kernel loop.</summary>
    public Task<T> OnLoop<T>(Func<Task<T>> work) => Loop.InvokeAsync(work);

    /// <summary>Runs on the kernel loop.</summary>
    public Task<T> OnLoop<T>(Func<T> work) => Loop.InvokeAsync(() => Task.FromResult(work()));

    /// <summary>Runs on the kernel loop.</summary>
    public Task OnLoop(Action work) => Loop.InvokeAsync(() =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <summary>Makes a template <c>tmpl</c>, an AppVM <c>work</c> on it and a disposable template <c>dvm</c>.</summary>
    public Task PopulateAsync() => OnLoop(async () =>
    {
        var template = await Qubes.CreateAsync(new(QubeClass.TemplateVM, "tmpl", "black"), default);
        Qubes.System.Set(SystemProperties.DefaultTemplate, template);
        Qubes.System.Set(SystemProperties.DefaultKernel, "1.0");
        await Qubes.CreateAsync(new(QubeClass.AppVM, "work", "red"), default);
        var dvm = await Qubes.CreateAsync(new(QubeClass.AppVM, "dvm", "orange"), default);
        dvm.Properties.Set(QubeProperties.TemplateForDispvms, true);
        Events.Clear();
    });

    public Task<Qube> AcquireAsync(string template = "dvm", string by = "dom0") => OnLoop(async () =>
        (Qube)await Disposables.AcquireAsync(new(Qubes.Find(template), Qubes.Find(by)), default));

    public async ValueTask DisposeAsync()
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
        root.Delete(recursive: true);
    }

    private async Task<TestKernel> BootAsync()
    {
        Directory.CreateDirectory(root + "/var/lib/qubes/vm-kernels/1.0");
        await File.WriteAllTextAsync(root + "/var/lib/qubes/vm-kernels/1.0/vmlinuz", "");
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterInstance(new QubesPaths(root.FullName, "/usr"));
        builder.RegisterInstance(new KernelOptions("simulated"));
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(NullLogger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance<TimeProvider>(Clock);
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
        builder.RegisterInstance<IExtensions>(World);
        container = builder.Build();
        Bus = container.Resolve<Func<string, int, IEventBus>>()("test", 1000);
        var startup = container.Resolve<IKernelStartup>();
        await startup.LoadAsync(default);
        await OnLoop(() => Bus.Subscribe<QubesEvent>(e => Events.Add($"{e.Subject?.Name}/{e.WireName}")));
        await startup.AttachAsync(default);
        return this;
    }
}

