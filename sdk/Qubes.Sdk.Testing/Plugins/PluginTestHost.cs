using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Domains;
using Qubes.Sdk.Testing.Events;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Sdk.Testing.Plugins;

/// <summary>
/// Runs a plugin as the daemon does, without a daemon: in a lifetime scope over the host's services, all of them in memory, with a clock
/// that the test moves. Made, given what the plugin is to find, started, looked at, disposed. For one thread.
/// </summary>
public sealed class PluginTestHost : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("qubes-plugin-test-").FullName;
    private readonly List<IKernelService> running = [];
    private readonly IConfigurationRoot section = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private IContainer? scope;

    /// <summary>A host with <c>dom0</c>, no other plugin, and an empty <c>QUBES_ROOT</c> of its own.</summary>
    public PluginTestHost()
    {
        Qubes = new SimulatedQubes(Events);
        Disposables = new SimulatedDisposables(Qubes);
        Paths = new QubesPaths(root, root + "/usr");
    }

    /// <summary>What the plugin's section of <c>qubesd.conf</c> says; read when it starts, and by <see cref="ChangeSetting"/>.</summary>
    public IDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The bus; fire what the plugin is to see, or look at what was fired.</summary>
    public InMemoryEventBus Events { get; } = new();

    /// <summary>The qubes; at first <c>dom0</c> alone.</summary>
    public SimulatedQubes Qubes { get; }

    /// <summary>Hands out disposables of <see cref="Qubes"/>.</summary>
    public SimulatedDisposables Disposables { get; }

    /// <summary>What plugins offer; add what yours is to find.</summary>
    public SimulatedExtensions Extensions { get; } = new();

    /// <summary>Stands still until it is told to advance.</summary>
    public VirtualTimeProvider Time { get; } = new();

    /// <summary>What the plugin logged.</summary>
    public RecordedLog Log { get; } = new();

    /// <summary>Paths below a directory that goes with the host.</summary>
    public QubesPaths Paths { get; }

    /// <summary>Makes all that the plugin registered as extension points, and starts its services.</summary>
    /// <exception cref="InvalidOperationException">The daemon would refuse it: something is registered without <c>SingleInstance()</c>.</exception>
    public async Task StartAsync(QubesPlugin plugin, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        if (scope is not null)
            throw new InvalidOperationException("a plugin has been started already: one host, one plugin");
        foreach (var (name, value) in Settings)
            section[name] = value;
        var builder = new ContainerBuilder();
        RegisterHost(builder);
        builder.RegisterModule(plugin);
        scope = builder.Build();
        foreach (var extension in PluginRegistrations.Make(scope))
        {
            Extensions.Add(extension);
            if (extension is IKernelService service)
            {
                await service.StartAsync(cancel);
                running.Add(service);
            }
        }
    }

    /// <summary>The one thing of that type that the plugin registered.</summary>
    /// <exception cref="InvalidOperationException">The plugin is not started.</exception>
    public T Get<T>() where T : notnull =>
        scope is null ? throw new InvalidOperationException("start the plugin first") : scope.Resolve<T>();

    /// <summary>Changes a setting while the plugin runs, as the daemon does for plugins that are <see cref="IConfigurable"/>.</summary>
    /// <exception cref="Errors.QubesException">The plugin cannot use it; nothing has changed.</exception>
    public void ChangeSetting(string name, string? value)
    {
        var plugins = Extensions.All<IConfigurable>();
        var next = new ConfigurationBuilder().AddInMemoryCollection(section.AsEnumerable()).Build();
        next[name] = value;
        foreach (var plugin in plugins)
            plugin.Check(next);
        Settings[name] = section[name] = value;
        foreach (var plugin in plugins)
            plugin.Apply();
    }

    /// <summary>Stops the plugin's services, last first, as the daemon does before it unloads it.</summary>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        while (running.Count > 0)
        {
            var service = running[^1];
            running.RemoveAt(running.Count - 1);
            await service.StopAsync(cancel);
        }
    }

    /// <summary>Stops and ends the plugin, and deletes the host's directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (scope is not null)
            await scope.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private void RegisterHost(ContainerBuilder builder)
    {
        builder.RegisterInstance(new InlineLoop()).As<IKernelLoop>().ExternallyOwned();
        builder.RegisterInstance(Events).As<IEventBus>().ExternallyOwned();
        builder.RegisterInstance(Qubes).As<IQubes>().ExternallyOwned();
        builder.RegisterInstance(Disposables).As<IDisposables>().ExternallyOwned();
        builder.RegisterInstance(new UndeferredNetworks()).As<IDeferredNetworks>().ExternallyOwned();
        builder.RegisterInstance(Extensions).As<IExtensions>().ExternallyOwned();
        builder.RegisterInstance(Paths).ExternallyOwned();
        builder.RegisterInstance<IConfiguration>(section).ExternallyOwned();
        builder.RegisterInstance(Log).As<ILoggerFactory>().ExternallyOwned();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance<TimeProvider>(Time).ExternallyOwned();
        // Seeded: a test that fails once fails again.
        builder.RegisterInstance(new Random(1)).ExternallyOwned();
    }
}
