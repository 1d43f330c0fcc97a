using Autofac;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.FileConversion.Tests;

public sealed class FileConversionPluginTests
{
    [Fact]
    public void It_offers_the_three_services_as_links_to_one_program()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<FileConversionPlugin>();
        builder.RegisterInstance(new QubesPaths("", "/usr"));
        using IContainer container = builder.Build();

        IReadOnlyList<GuestService> services = container.Resolve<IGuestServiceProvider>().Services;

        Assert.Equal(["dz.Convert", "qubes.PdfConvert", "qubes.GetImageRGBA"], services.Select(service => service.Name));
        Assert.All(services, service =>
        {
            Assert.Equal("/usr/lib/qubes/guest/qubes-convert", service.Program);
            Assert.Equal("/usr/lib/qubes/qubes-convert", service.InstalledAs);
            Assert.Contains("graphicsmagick", service.Packages);
        });
        Assert.Contains("poppler-utils", services[0].Packages);
    }
}
