using System.Reflection;
using Autofac;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Logs;
using Qubes.Kernel.Plugins.Scopes;
using Qubes.Kernel.Plugins.Settings;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins;

/// <summary>Makes a plugin of its code: builds its scope, and makes everything it offers. On the kernel loop.</summary>
internal sealed class PluginActivator(
    ILifetimeScope kernel, EventBus buses, PluginSettings settings, ILoggerFactory loggers, PluginLogs logs)
{
    /// <summary>Builds the scope and every extension in it; its subscriptions receive nothing yet.</summary>
    /// <param name="generation">Its code, which stays the caller's.</param>
    /// <param name="rank">Its place among the plugins, from 0.</param>
    /// <param name="section">Its configuration; null: as it was read last.</param>
    public async Task<PluginInstance> ActivateAsync(Generation generation, int rank, IReadOnlyDictionary<string, string?>? section)
    {
        var name = generation.Name;
        var bus = buses.Detached(name, EventRank.FirstPlugin + rank);
        var own = new PluginSection(section ?? settings.Of(name));
        PluginScope? scope = null;
        try
        {
            var services = new PluginScope.OwnServices(
                bus, own.Configuration, new PluginLoggerFactory(loggers, name, logs.Of(name)));
            scope = new PluginScope(MakeEntry(generation.Loader.LoadDefaultAssembly()), generation.Loader.LoadContext, kernel, services);
            return new(generation, rank, bus, own, scope, PluginExtensionPoints.Make(scope.Scope));
        }
        catch
        {
            using (bus)
            {
                if (scope is not null)
                    await scope.DisposeAsync();
            }
            throw;
        }
    }

    // That there is one was verified before the code was loaded.
    private static QubesPlugin MakeEntry(Assembly assembly) => (QubesPlugin)Activator.CreateInstance(assembly.GetExportedTypes()
        .First(type => type.IsSubclassOf(typeof(QubesPlugin)) && !type.IsAbstract && type.GetConstructor([]) is not null))!;
}
