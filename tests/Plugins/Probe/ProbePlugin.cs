using Autofac;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.TestPlugins.Probe;

/// <summary>A plugin that misbehaves on demand: see <see cref="ProbeService"/>, and the files looked for here.</summary>
public sealed class ProbePlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder)
    {
        if (Has("throws"))
            throw new InvalidOperationException("the module was told to fail");
        builder.RegisterType<ProbeService>().As<IKernelService>().SingleInstance();
        if (Has("configurable"))
            builder.RegisterType<ProbeSettings>().As<IConfigurable>().SingleInstance();
        var driver = builder.RegisterType<ProbeDriver>().As<IStoragePoolDriver>();
        if (!Has("unshared"))
            driver.SingleInstance();
    }

    internal static bool Has(string file) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(ProbePlugin).Assembly.Location)!, file));
}
