using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Recipes;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Status;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning;

/// <summary>Disposables that start as copies of one that was frozen after its boot (design, section 5).</summary>
public sealed class CloningPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => CloningOptions.Read(c.Resolve<IConfiguration>())).SingleInstance();
        builder.Register(c =>
        {
            var log = c.Resolve<ILogger<BackgroundWork>>();
            return new BackgroundWork(c.Resolve<IKernelLoop>(), (what, e) => Log.WorkFailed(log, what, e.Message), (what, e) => Log.WorkBroke(log, what, e));
        }).SingleInstance();
        builder.RegisterTypes(
                typeof(TemplateRecords), typeof(CloningDrivers), typeof(WarmUpRecipe), typeof(Warming),
                typeof(Disposal), typeof(Budget), typeof(TemplateBuild), typeof(BuildQueue), typeof(Reserves), typeof(Recovering),
                typeof(ChangeTriggers), typeof(PressureTriggers), typeof(StatusReader))
            .SingleInstance();
        builder.RegisterType<HiddenQubes>().AsSelf().As<IUnclaimedQubes>().SingleInstance();
        builder.RegisterType<Cloner>().AsSelf().As<IDisposableCloner>().SingleInstance();
        builder.RegisterType<RecipeRules>().As<IKernelService>().SingleInstance();
        builder.RegisterType<Cloning>().As<IKernelService>().SingleInstance();
        builder.RegisterType<TemplateMethods>().As<IAdminMethodProvider>().SingleInstance();
    }
}
