using System.Collections.Frozen;
using Autofac;
using Autofac.Core;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Scopes;

/// <summary>Makes what a plugin registered as interfaces of the SDK, once, so that a plugin that cannot be made never serves.</summary>
internal static class PluginExtensionPoints
{
    /// <param name="scope">The plugin's own scope; what it inherits from the kernel's does not count.</param>
    /// <exception cref="PluginRefusedException">An extension would be made anew for each use.</exception>
    /// <exception cref="DependencyResolutionException">One cannot be made.</exception>
    public static FrozenDictionary<Type, object[]> Make(ILifetimeScope scope)
    {
        Dictionary<Type, List<object>> made = [];
        foreach (var (registration, service) in Registered(scope))
        {
            if (registration.Sharing != InstanceSharing.Shared)
            {
                throw new PluginRefusedException(PluginState.Malfunctioned,
                    $"{registration.Activator.LimitType.Name} is registered as {service.ServiceType.Name} "
                    + "without SingleInstance(), so each use would get another one");
            }
            var found = scope.ComponentRegistry.ServiceRegistrationsFor(service)
                .First(candidate => candidate.Registration == registration);
            var instance = scope.ResolveComponent(new ResolveRequest(service, found, []));
            if (!made.TryGetValue(service.ServiceType, out var all))
                made[service.ServiceType] = all = [];
            all.Add(instance);
        }
        return made.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    private static List<(IComponentRegistration, TypedService)> Registered(ILifetimeScope scope) =>
        [.. from registration in scope.ComponentRegistry.Registrations
            where registration.Target == registration
            from service in registration.Services.OfType<TypedService>()
            where service.ServiceType.Assembly == typeof(IKernelService).Assembly
            where !HostOwn.Contains(service.ServiceType)
            select (registration, service)];

    private static readonly FrozenSet<Type> HostOwn = [typeof(Sdk.Events.IEventBus)];
}
