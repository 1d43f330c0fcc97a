using Acme.TextConvert.Conversions;
using Acme.TextConvert.Guests;
using Acme.TextConvert.Preloading;
using Acme.TextConvert.Settings;
using Autofac;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Rpc;

namespace Acme.TextConvert;

/// <summary>What the plugin consists of.</summary>
public sealed class TextConvertPlugin : QubesPlugin
{
    protected override void Load(ContainerBuilder builder)
    {
        builder.RegisterType<ConversionSettings>().AsSelf().As<IKernelService>().SingleInstance();
        builder.RegisterType<Disposal>().SingleInstance();
        builder.RegisterType<ConvertTextService>().As<IRpcService>().SingleInstance();
        builder.RegisterType<TextConvertInGuests>().As<IGuestServiceProvider>().SingleInstance();
        builder.RegisterType<RushPolicy>().As<IPreloadPolicy>().SingleInstance();
    }
}
