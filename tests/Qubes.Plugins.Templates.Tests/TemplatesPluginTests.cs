using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Templates.Tests;

public sealed class TemplatesPluginTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_host_finds_the_method_and_the_service()
    {
        await using var scope = Load();

        var method = Assert.IsType<StreamingMethod>(Assert.Single(scope.Resolve<IEnumerable<IAdminMethodProvider>>().SelectMany(p => p.Methods)));
        Assert.Equal(("admin.template.Build", AdminDestination.AdminVm), (method.Name, method.Destination));
        Assert.Equal((Presence.Required, Presence.Optional), (method.Argument, method.Payload));
        var service = Assert.Single(scope.Resolve<IEnumerable<IKernelService>>());
        await service.StartAsync(CancellationToken.None);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task After_the_plugin_was_stopped_no_build_begins()
    {
        await using var scope = Load();
        var service = scope.Resolve<IKernelService>();
        await service.StartAsync(CancellationToken.None);
        await service.StopAsync(CancellationToken.None);
        _folder.Write("usr/share/qubes/recipes/tiny.yaml", "name: tiny\nsuite: bookworm\n");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(scope, "tiny", ""));
    }

    [Theory]
    [InlineData("tiny", "dvm=perhaps", "'dvm=perhaps'")]
    [InlineData("none", "", "There is no recipe 'none'")]
    public async Task A_call_that_cannot_be_served_is_refused(string recipe, string payload, string part)
    {
        await using var scope = Load();

        var refusal = await Assert.ThrowsAnyAsync<QubesException>(() => CallAsync(scope, recipe, payload));

        Assert.Contains(part, refusal.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static Task CallAsync(IContainer scope, string recipe, string payload)
    {
        var method = (StreamingMethod)scope.Resolve<IAdminMethodProvider>().Methods.Single();
        var host = Substitute.For<IQube>();
        return method.Handler(
            new AdminCall(method.Name, host, host, recipe, System.Text.Encoding.ASCII.GetBytes(payload)),
            Substitute.For<IAdminEventStream>(), CancellationToken.None);
    }

    private IContainer Load()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule(new TemplatesPlugin());
        builder.RegisterInstance(new QubesPaths(_folder.Path, _folder.File("usr")));
        builder.RegisterInstance<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("cache_dir", _folder.File("cache"))]).Build());
        builder.RegisterInstance<IQubes>(new FakeQubes(_folder.File("pool")));
        builder.RegisterInstance<IKernelLoop>(new InlineLoop());
        builder.RegisterInstance(Substitute.For<IExtensions>());
        builder.RegisterInstance(TimeProvider.System);
        builder.RegisterInstance<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>));
        return builder.Build();
    }
}
