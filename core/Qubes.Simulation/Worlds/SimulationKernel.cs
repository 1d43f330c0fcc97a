using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Lifecycle;
using Qubes.Kernel.Domains.Rules;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Plugins.Preload;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;
using Qubes.Simulation.Scripts;

namespace Qubes.Simulation.Worlds;

/// <summary>The real kernel with the real plugin <c>Preload</c>, on simulated machines and pools, in virtual time.</summary>
internal sealed class SimulationKernel : IDisposable
{
    private const string KernelName = "1.0";
    private const string Base = "simulated-base";
    private const string Requester = "simulated-work";

    private static readonly string[] Services = ["qrexec", "supported-rpc.qubes.WaitForRunningSystem", "supported-rpc.qubes.WaitForSession"];

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("qubesd-simulate-");
    private readonly IContainer container;
    private readonly ILifetimeScope plugin;
    private readonly World world = new();
    private readonly SimulationOptions options;
    private readonly ScriptFiles scripts;
    private readonly Random chance;

    /// <param name="options">What is simulated.</param>
    /// <param name="scripts">Where policies may be that are scripts.</param>
    /// <param name="begin">The first moment, as the host's clock shows it.</param>
    public SimulationKernel(SimulationOptions options, ScriptFiles scripts, DateTimeOffset begin)
    {
        (this.options, this.scripts) = (options, scripts);
        chance = new Random(options.Seed);
        Clock = new VirtualTimeProvider(begin);
        Hypervisor = new SimulatedHypervisor(Clock) { Booting = (_, cancel) => Task.Delay(Varied(options.Start), Clock, cancel) };
        container = Container();
        plugin = container.BeginLifetimeScope(inner =>
        {
            inner.Register(_ => container.Resolve<Func<string, int, IEventBus>>()("Preload", 1000)).As<IEventBus>().SingleInstance();
            inner.RegisterModule<PreloadPlugin>();
        });
    }

    public VirtualTimeProvider Clock { get; }

    public SimulationLoop Loop { get; } = new();

    public SimulatedHypervisor Hypervisor { get; }

    public QubeRegistry Qubes => container.Resolve<QubeRegistry>();

    public IDisposables Disposables => container.Resolve<IDisposables>();

    /// <summary>The policy, if it is a script's.</summary>
    public ScriptedPolicy? Script { get; private set; }

    public IQube RequestedBy => Qubes.Find(Requester);

    /// <summary>Around a mean, a fifth more or less.</summary>
    public TimeSpan Varied(TimeSpan mean) => mean * (0.8 + 0.4 * chance.NextDouble());

    /// <summary>Makes templates of those names, and has them preload.</summary>
    /// <exception cref="Sdk.Errors.QubesException">The policy is not known, or another setting is refused.</exception>
    public void Start(string policy, IReadOnlyList<string> templates)
    {
        if (scripts.Find(policy) is { } path)
            world.Offer(Script = scripts.Start(path, Loop, Qubes));
        Loop.RunToEnd(() => StartAsync(Script?.Name ?? policy, templates));
    }

    public void Dispose() => root.Delete(recursive: true);

    private async Task<bool> StartAsync(string policy, IReadOnlyList<string> templates)
    {
        var guests = new SimulatedGuests();
        world.Offer(
            Hypervisor, new SimulatedPoolDriver(time: Clock), new SimulatedPoolDriver("linux-kernel", Clock), guests,
            new SimulatedMemory(Hypervisor, (long)options.HostMemoryMiB << 20), plugin.Resolve<IPreloads>(), plugin.Resolve<IDisposableSource>());
        new StateLoader(Qubes, container.Resolve<KernelContext>()).Load(NoState.Empty);
        foreach (var rule in container.Resolve<IEnumerable<IDomainRules>>())
            rule.Attach();
        await new MachineAdoption(Qubes, container.Resolve<KernelContext>()).RunAsync(default);
        foreach (var service in plugin.Resolve<IEnumerable<IKernelService>>())
            await service.StartAsync(default);
        await PopulateAsync(templates);
        Qubes.AdminVm.Features.Set("preload-dispvm-policy", policy);
        if (options.Delay is { } delay)
            Qubes.AdminVm.Features.Set("preload-dispvm-delay", delay);
        foreach (var template in templates)
            Qubes.Find(template).Features.Set("preload-dispvm-max", $"{options.Max}");
        return true;
    }

    private async Task PopulateAsync(IEnumerable<string> templates)
    {
        var template = await Qubes.CreateAsync(new(QubeClass.TemplateVM, Base, "black"), default);
        foreach (var feature in Services)
            template.Features.Set(feature, "1");
        Qubes.System.Set(SystemProperties.DefaultTemplate, template);
        Qubes.System.Set(SystemProperties.DefaultKernel, KernelName);
        await Qubes.CreateAsync(new(QubeClass.AppVM, Requester, "red"), default);
        foreach (var name in templates)
        {
            var disposable = await Qubes.CreateAsync(new(QubeClass.AppVM, name, "orange"), default);
            disposable.Properties.Set(QubeProperties.Memory, options.MemoryMiB);
            disposable.Properties.Set(QubeProperties.Maxmem, 0);
            disposable.Properties.Set(QubeProperties.TemplateForDispvms, true);
        }
    }

    private IContainer Container()
    {
        var kernels = $"{root.FullName}/var/lib/qubes/vm-kernels/{KernelName}";
        Directory.CreateDirectory(kernels);
        File.WriteAllText(kernels + "/vmlinuz", "");
        var builder = new ContainerBuilder();
        builder.RegisterModule<KernelModule>();
        builder.RegisterInstance<IKernelLoop>(Loop);
        builder.RegisterInstance<IStateWriter>(new NoState());
        builder.RegisterInstance(new QubesPaths(root.FullName, root.FullName));
        builder.RegisterInstance(new KernelOptions(Hypervisor.Name));
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(NullLogger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance<TimeProvider>(Clock);
        builder.RegisterInstance(new Random(options.Seed)).ExternallyOwned();
        builder.RegisterInstance<IExtensions>(world);
        return builder.Build();
    }
}
