using Autofac;

namespace Qubes.Sdk.Plugins;

/// <summary>
/// A plugin's entry: an Autofac module whose registrations make up the plugin's own lifetime scope. Registered as the SDK's
/// extension points (<c>IHypervisorDriver</c>, <c>IAdminMethodProvider</c>, …) they are found by the kernel and by
/// other plugins through <see cref="IExtensions"/>. The assembly has exactly one public subclass with a public
/// constructor that takes nothing. The host's services that can be injected are listed in <see cref="IKernelService"/>.
/// </summary>
public abstract class QubesPlugin : Module;
