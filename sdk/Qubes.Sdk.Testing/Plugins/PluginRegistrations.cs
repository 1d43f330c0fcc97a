using Autofac;
using Autofac.Core;
using Qubes.Sdk.Plugins;

namespace Qubes.Sdk.Testing.Plugins;

/// <summary>Finds what a plugin registered as interfaces of the SDK, as the daemon does.</summary>
internal static class PluginRegistrations
{
    /// <summary>Every extension, once, in the order of registration.</summary>
    public static IReadOnlyList<object> Make(IContainer scope)
    {
        List<object> made = [];
        foreach (var (registration, service) in Registered(scope))
        {
            if (registration.Sharing != InstanceSharing.Shared)
            {
                throw new InvalidOperationException(
                    $"{registration.Activator.LimitType.Name} is registered as {service.ServiceType.Name} without SingleInstance(), "
                    + "so each use would get another one");
            }
            var found = scope.ComponentRegistry.ServiceRegistrationsFor(service).First(r => r.Registration == registration);
            var instance = scope.ResolveComponent(new ResolveRequest(service, found, []));
            if (!made.Contains(instance, ReferenceEqualityComparer.Instance))
                made.Add(instance);
        }
        return made;
    }

    // What the host itself registered is owned by the test.
    private static IEnumerable<(IComponentRegistration, TypedService)> Registered(IContainer scope) =>
        [.. from registration in scope.ComponentRegistry.Registrations
            where registration.Target == registration && registration.Ownership == InstanceOwnership.OwnedByLifetimeScope
            from service in registration.Services.OfType<TypedService>()
            where service.ServiceType.Assembly == typeof(IKernelService).Assembly
            select (registration, service)];
}
