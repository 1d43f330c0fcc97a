using Autofac;
using Qubes.Plugins.FilePool.Drivers;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Offers the storage drivers <c>file</c> and <c>file-reflink</c>, volumes as files below one directory, and
/// <c>linux-kernel</c>, kernels below one.
/// </summary>
public sealed class FilePoolPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        builder.Register(c => new FilePoolDriver(c.Resolve<TimeProvider>())).As<IStoragePoolDriver>().SingleInstance();
        builder.Register(c => new FilePoolDriver(c.Resolve<TimeProvider>(), sharesBlocks: true))
            .As<IStoragePoolDriver>().SingleInstance();
        builder.RegisterType<KernelPoolDriver>().As<IStoragePoolDriver>().SingleInstance();
    }
}
