using Autofac;
using Autofac.Core;
using Autofac.Core.Activators.Delegate;
using Autofac.Core.Lifetime;
using Autofac.Core.Registration;

namespace Qubes.Kernel.Plugins.Scopes;

/// <summary>
/// Lets a plugin's container have the kernel's services without the kernel's container ever hearing of the plugin's types: it
/// keeps every type it was asked for, which would keep the plugin loaded for ever. So plain types of the host are passed on;
/// generic ones, which may be closed over a plugin's types, are not.
/// </summary>
internal sealed class KernelServiceSource(ILifetimeScope kernel) : IRegistrationSource
{
    public bool IsAdapterForIndividualComponents => false;

    public IEnumerable<IComponentRegistration> RegistrationsFor(
        Service service, Func<Service, IEnumerable<ServiceRegistration>> registrationAccessor)
    {
        if (service is not TypedService { ServiceType: { IsCollectible: false, IsGenericType: false, IsArray: false } type }
            || !kernel.ComponentRegistry.IsRegistered(service))
        {
            return [];
        }
        return [new ComponentRegistration(
            Guid.NewGuid(),
            new DelegateActivator(type, (_, _) => kernel.Resolve(type)),
            new CurrentScopeLifetime(),
            InstanceSharing.None,
            InstanceOwnership.ExternallyOwned,
            [service],
            new Dictionary<string, object?>())];
    }
}
