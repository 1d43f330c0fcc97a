using System.Reflection;
using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins.Loading;
using Qubes.Kernel.Plugins.Manifests;
using Qubes.Kernel.Plugins.Scopes;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>Makes a running plugin of a folder: loads its code, builds its scope, and makes everything it offers.</summary>
internal sealed class PluginActivator(
    ILifetimeScope kernel, Func<string, int, IEventBus> buses, IConfiguration configuration, ILoggerFactory loggers)
{
    /// <summary>Loads the code. Slow, touches no domain state: for any thread.</summary>
    /// <exception cref="IOException">A file is missing or not what the manifest says.</exception>
    public static PluginLoader Load(string folder, PluginManifest manifest)
    {
        var loader = PluginLoader.CreateFromAssemblyFile(Path.Combine(folder, manifest.Assembly), config =>
        {
            config.IsUnloadable = true;
            config.SharedAssemblies.Add(typeof(QubesPlugin).Assembly.GetName());
            config.SharedAssemblies.Add(typeof(ContainerBuilder).Assembly.GetName());
        });
        try
        {
            loader.LoadDefaultAssembly();
            return loader;
        }
        catch
        {
            loader.Dispose();
            throw;
        }
    }

    /// <summary>Builds the scope and every extension in it, on the kernel loop. On failure the loader is disposed.</summary>
    /// <param name="name">The plugin's name.</param>
    /// <param name="loader">Its code; owned by the result.</param>
    /// <param name="rank">Its place among the plugins, from 0.</param>
    public async Task<PluginInstance> ActivateAsync(string name, PluginLoader loader, int rank)
    {
        PluginScope? scope = null;
        try
        {
            var own = new PluginScope.OwnServices(
                () => buses(name, EventRank.FirstPlugin + rank), configuration.GetSection(name), new PluginLoggerFactory(loggers, name));
            scope = new PluginScope(MakeEntry(loader.LoadDefaultAssembly()), loader.LoadContext, kernel, own);
            return new(name, loader, scope, PluginExtensionPoints.Make(scope.Scope));
        }
        catch
        {
            using (loader)
            {
                if (scope is not null)
                    await scope.DisposeAsync();
            }
            throw;
        }
    }

    private static QubesPlugin MakeEntry(Assembly assembly)
    {
        var entries = assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(QubesPlugin)) && !type.IsAbstract && type.GetConstructor([]) is not null)
            .ToList();
        if (entries is not [var entry])
        {
            throw new PluginRefusedException(PluginState.Malfunctioned,
                $"{assembly.GetName().Name} has {entries.Count} public subclasses of {nameof(QubesPlugin)} "
                + "with a public constructor that takes nothing; it must have one");
        }
        return (QubesPlugin)Activator.CreateInstance(entry)!;
    }
}
