using Autofac;
using Microsoft.Extensions.Configuration;
using Qubes.Plugins.Templates.Apt;
using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Registration;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Templates;

/// <summary>Builds templates from the distribution's packages by recipe.</summary>
public sealed class TemplatesPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => new CacheFolders(c.Resolve<QubesPaths>(), c.Resolve<IConfiguration>())).SingleInstance();
        builder.Register(c => new AptSources(c.Resolve<IConfiguration>())).SingleInstance();
        builder.RegisterType<TemplateCache>().SingleInstance();
        builder.RegisterType<AptIndex>().SingleInstance();
        builder.RegisterType<DebianDistribution>().As<IDistribution>().SingleInstance();
        builder.RegisterType<GuestFiles>().SingleInstance();
        builder.RegisterType<OfferedServices>().SingleInstance();
        builder.RegisterType<KernelFolders>().SingleInstance();
        builder.RegisterType<ImageBuilder>().SingleInstance();
        builder.RegisterType<ImportFolder>().SingleInstance();
        builder.RegisterType<RecipeCatalog>().SingleInstance();
        builder.RegisterType<TemplateRegistrar>().SingleInstance();
        builder.RegisterType<TemplateBuilds>().SingleInstance();
        builder.RegisterType<BuildsUnderWay>().SingleInstance();
        builder.RegisterType<BuildMethod>().As<IAdminMethodProvider>().SingleInstance();
        builder.RegisterType<TemplateService>().As<IKernelService>().SingleInstance();
    }
}
