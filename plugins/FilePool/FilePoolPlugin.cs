using Autofac;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>Offers the storage driver <c>file</c>: volumes as files below one directory.</summary>
public sealed class FilePoolPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder) =>
        builder.RegisterType<FilePoolDriver>().As<IStoragePoolDriver>().SingleInstance();
}
