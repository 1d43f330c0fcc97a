using Autofac;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.FileConversion;

/// <summary>Offers the conversion services to the builder of templates, which recipes then name.</summary>
public sealed class FileConversionPlugin : QubesPlugin
{
    /// <inheritdoc/>
    protected override void Load(ContainerBuilder builder) =>
        builder.RegisterType<ConversionServices>().As<IGuestServiceProvider>().SingleInstance();
}
