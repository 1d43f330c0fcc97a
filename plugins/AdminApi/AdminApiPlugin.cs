using Autofac;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Plugins.AdminApi.Endpoints;
using Qubes.Plugins.AdminApi.Methods.Events;
using Qubes.Plugins.AdminApi.Methods.Internal;
using Qubes.Plugins.AdminApi.Methods.Notifications;
using Qubes.Plugins.AdminApi.Methods.Volumes;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi;

/// <summary>The Admin API and its two sister interfaces over Unix sockets, and their methods (spec: Admin API).</summary>
public sealed class AdminApiPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterAssemblyTypes(typeof(AdminApiPlugin).Assembly).AssignableTo<IAdminMethodProvider>()
            .As<IAdminMethodProvider>().SingleInstance();
        builder.RegisterType<EventBroadcast>().SingleInstance();
        builder.RegisterType<CopyTokens>().SingleInstance();
        builder.RegisterType<MethodTable>().SingleInstance();
        builder.RegisterType<SystemInfoCache>().SingleInstance();
        builder.RegisterType<VolumeImports>().SingleInstance();
        builder.RegisterType<UpdateNotices>().SingleInstance();
        builder.RegisterType<HostSleep>().SingleInstance();
        builder.RegisterType<InternalMethods>().SingleInstance();
        builder.RegisterType<NotificationMethods>().SingleInstance();
        builder.RegisterType<QubeEndpoint>().AsSelf().As<IAdminEndpoint>().SingleInstance();
        builder.RegisterType<AdminEndpoints>().As<IKernelService>().SingleInstance();
    }
}
