using Autofac;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.BackupExclusion;

/// <summary>What passes is not kept: disposables that go when they stop, and queues of them (spec: preloaded disposables, section 2).</summary>
public sealed class BackupExclusionPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder) => builder.RegisterType<PassingQubes>().As<IBackupFilter>().SingleInstance();
}
