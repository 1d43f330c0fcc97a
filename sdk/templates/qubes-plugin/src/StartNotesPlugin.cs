using Autofac;
using Qubes.Sdk.Plugins;

namespace StartNotes;

/// <summary>What the plugin consists of.</summary>
public sealed class StartNotesPlugin : QubesPlugin
{
    protected override void Load(ContainerBuilder builder) =>
        builder.RegisterType<StartClerk>().As<IKernelService>().SingleInstance();
}
