using Autofac;
using Microsoft.Extensions.Configuration;
using Qubes.KernelWorld;
using Qubes.Plugins.MemoryManager.Clients;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Plugins.MemoryManager.Tests.Worlds;

/// <summary>The real kernel with the real plugin; machines, the host's memory and time are simulated. AppVMs <c>one</c> to <c>three</c> of 1 to 4 GiB.</summary>
internal sealed class MemoryKernel : WorldKernel
{
    private MemoryKernel(DirectoryInfo root, MemoryWorld world) : base(root, world, world.Clock) => World = world;

    public MemoryWorld World { get; }

    public string SocketPath => Part<ClientServer>().SocketPath;

    public IMemoryBroker Broker => Part<IMemoryBroker>();

    public static async Task<MemoryKernel> StartAsync()
    {
        var root = Directory.CreateTempSubdirectory("qmem-");
        await AddGuestKernelAsync(root, "1.0");
        var kernel = new MemoryKernel(root, new MemoryWorld());
        await kernel.BootAsync();
        await kernel.PopulateAsync();
        return kernel;
    }

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
        await OnLoop(() => Part<IGuestMemoryListener>().Reported(Find(name), usedMiB << 20));
        await SettleAsync();
    }

    protected override async Task EndAsync()
    {
        await StopPluginAsync();
        await UnloadPluginAsync();
    }

    private Task BootAsync() => BootAsync("MemoryManager", Register, () =>
    {
        World.Offer(Broker, Part<IGuestMemoryListener>());
        return Task.CompletedTask;
    });

    private void Register(ContainerBuilder builder)
    {
        builder.RegisterInstance<IConfiguration>(new ConfigurationBuilder().Build());
        builder.RegisterModule<MemoryManagerPlugin>();
        builder.RegisterInstance<IHostMemory>(World).ExternallyOwned();
        builder.RegisterInstance<Func<IStalls?>>(() => null);
        builder.RegisterInstance(new StallAverages($"{Root}/no-pressure"));
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
