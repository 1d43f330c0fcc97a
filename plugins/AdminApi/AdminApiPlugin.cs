using Autofac;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Methods.Events;
using Qubes.Plugins.AdminApi.Sockets;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi;

/// <summary>The Admin API over its Unix socket, and its core methods (spec: Admin API).</summary>
public sealed class AdminApiPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterAssemblyTypes(typeof(AdminApiPlugin).Assembly).AssignableTo<IAdminMethodProvider>()
            .As<IAdminMethodProvider>().SingleInstance();
        builder.RegisterType<EventBroadcast>().SingleInstance();
        builder.RegisterType<MethodTable>().SingleInstance();
        builder.RegisterType<AdminCalls>().SingleInstance();
        builder.RegisterType<AdminServer>().As<IKernelService>().SingleInstance();
    }
}
