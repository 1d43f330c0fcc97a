using System.Security.Cryptography;
using Autofac;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel;
using Qubes.Kernel.Interchange.Import;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Daemon.Interchange;

/// <summary>The kernel without plugins, pools and machines, on a state file that it holds locked.</summary>
internal sealed class InterchangeKernel : IAsyncDisposable
{
    private readonly IContainer container;

    /// <param name="around">Where things live.</param>
    /// <param name="stateFile">The state file.</param>
    public InterchangeKernel(Surroundings around, string stateFile)
    {
        var store = StateStore.Open(stateFile, NullLogger<StateStore>.Instance);
        var builder = new ContainerBuilder();
        builder.RegisterInstance(around.Paths);
        builder.RegisterInstance(around.Time).As<TimeProvider>();
        builder.Register(_ => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        builder.RegisterInstance(new KernelOptions("none"));
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(NullLogger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterModule<KernelModule>();
        builder.RegisterType<NoPlugins>().As<IExtensions>().SingleInstance();
        builder.RegisterInstance(store).AsSelf().AsImplementedInterfaces().ExternallyOwned();
        builder.RegisterType<Importer>();
        container = builder.Build();
    }

    /// <summary>Runs on the kernel loop; what it changed is committed as a whole, or nothing of it.</summary>
    public Task<T> OnLoop<T>(Func<T> work) => container.Resolve<IKernelLoop>().InvokeAsync(() => Task.FromResult(work()));

    public Importer Importer => container.Resolve<Importer>();

    public StateStore Store => container.Resolve<StateStore>();

    public async ValueTask DisposeAsync()
    {
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
    }
}
