using System.Runtime.Loader;
using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Scopes;

/// <summary>
/// A plugin's lifetime scope: its module's registrations over the services of the host, some of them made for this plugin.
/// Nothing outside refers to it, so that its end frees the plugin's types.
/// </summary>
internal sealed class PluginScope : IAsyncDisposable
{
    private readonly IContainer host;

    /// <param name="plugin">Registers what the plugin consists of.</param>
    /// <param name="context">Where the plugin's types live.</param>
    /// <param name="kernel">Holds the host's services.</param>
    /// <param name="ownServices">The plugin's own versions of some of them.</param>
    public PluginScope(QubesPlugin plugin, AssemblyLoadContext context, ILifetimeScope kernel, OwnServices ownServices)
    {
        var builder = new ContainerBuilder();
        builder.RegisterSource(new KernelServiceSource(kernel));
        builder.RegisterInstance(ownServices.Events).ExternallyOwned();
        builder.RegisterInstance(ownServices.Configuration).ExternallyOwned();
        builder.RegisterInstance(ownServices.Loggers).ExternallyOwned();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        host = builder.Build();
        try
        {
            Scope = host.BeginLoadContextLifetimeScope(context, inner => inner.RegisterModule(plugin));
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Resolves the plugin's components.</summary>
    public ILifetimeScope Scope { get; }

    public async ValueTask DisposeAsync()
    {
        await using (host)
            await Scope.DisposeAsync();
    }

    /// <summary>What each plugin gets for itself.</summary>
    /// <param name="Events">Its bus.</param>
    /// <param name="Configuration">Its section.</param>
    /// <param name="Loggers">Puts its name before every category.</param>
    internal sealed record OwnServices(IEventBus Events, IConfiguration Configuration, ILoggerFactory Loggers);
}
