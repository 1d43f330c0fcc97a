using System.Security.Cryptography;
using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel;
using Qubes.Kernel.Interchange.Import;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Daemon.Interchange;

/// <summary>The kernel without pools and machines, on a state file that it holds locked. Services of plugins are not started.</summary>
internal sealed class InterchangeKernel : IAsyncDisposable
{
    private readonly IContainer container;

    /// <param name="around">Where things live.</param>
    /// <param name="stateFile">The state file.</param>
    /// <param name="plugins">The configuration of plugins to load; null: none is.</param>
    public InterchangeKernel(Surroundings around, string stateFile, IConfiguration? plugins = null)
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
        if (plugins is null)
        {
            builder.RegisterType<NoPlugins>().As<IExtensions>().SingleInstance();
        }
        else
        {
            builder.RegisterInstance(plugins);
            builder.RegisterModule<PluginModule>();
        }
        builder.RegisterInstance(store).AsSelf().AsImplementedInterfaces().ExternallyOwned();
        builder.RegisterType<Importer>();
        container = builder.Build();
    }

    /// <summary>Runs on the kernel loop; what it changed is committed as a whole, or nothing of it.</summary>
    public Task<T> OnLoop<T>(Func<T> work) => container.Resolve<IKernelLoop>().InvokeAsync(() => Task.FromResult(work()));

    /// <summary>Loads the installed plugins and returns what they offer of one kind. One that cannot be loaded is passed over.</summary>
    public async Task<IReadOnlyList<T>> LoadExtensionsAsync<T>() where T : class
    {
        await container.Resolve<PluginHost>().LoadAsync(CancellationToken.None);
        return container.Resolve<IExtensions>().All<T>();
    }

    public Importer Importer => container.Resolve<Importer>();

    public StateStore Store => container.Resolve<StateStore>();

    public async ValueTask DisposeAsync()
    {
        if (container.ResolveOptional<PluginHost>() is { } plugins)
            await plugins.DisposeAsync();
        await container.Resolve<IKernelStartup>().StopAsync();
        await container.DisposeAsync();
    }
}
