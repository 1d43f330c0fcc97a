using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Loop;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Tests.Plugins;

/// <summary>A plugin host over a real loop, bus and container, with plugins installed in a directory of its own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Dictionary<string, string?> settings = [];
    private readonly Lazy<IContainer> container;

    public TestHost()
    {
        Paths = new QubesPaths(directory.Path, directory.Path + "/usr");
        container = new(Compose);
    }

    public QubesPaths Paths { get; }

    public CapturedLog Log { get; } = new();

    public ManualTime Time { get; } = new();

    public PluginHost Host => container.Value.Resolve<PluginHost>();

    /// <summary>Whose files are taken; set before the host is made.</summary>
    public PluginTrust Trust { get; set; } = new(trustedOwners: null);

    /// <summary>What the kernel uses of a plugin.</summary>
    public Func<string, string[]> Uses { get; set; } = _ => [];

    public IPluginControl Control => container.Value.Resolve<IPluginControl>();

    public PluginExtensions Extensions => container.Value.Resolve<PluginExtensions>();

    public EventBus Bus => container.Value.Resolve<EventBus>();

    public KernelLoop Loop => container.Value.Resolve<KernelLoop>();

    public IEnumerable<string> Active =>
        Host.Status.Where(status => status.State == PluginState.Active).Select(status => status.Name);

    public PluginStatus Status(string name) => Host.Status.Single(status => status.Name == name);

    /// <summary>Installs the probe plugin under a name; gives its folder.</summary>
    public string Install(string name, string[]? requires = null, string? fail = null, bool shipped = true, string? manifest = null, string reload = "beside")
    {
        var folder = Path.Combine(shipped ? Paths.ShippedPlugins : Paths.LocalPlugins, name);
        Directory.CreateDirectory(folder);
        ProbeFiles.CopyTo(folder);
        var list = string.Join(", ", (requires ?? []).Select(required => $"\"{required}\""));
        File.WriteAllText(Path.Combine(folder, "plugin.json"), manifest
            ?? $$"""{ "name": "{{name}}", "version": "1.0", "sdk": "0.1", "assembly": "{{ProbeFiles.Assembly}}", "requires": [{{list}}], "reload": "{{reload}}" }""");
        settings[name + ":name"] = name;
        settings[name + ":fail"] = fail;
        return folder;
    }

    /// <summary>A setting of a plugin, made before the host is.</summary>
    public void Set(string name, string key, string value) => settings[$"{name}:{key}"] = value;

    /// <summary>The configuration as it would be read now.</summary>
    public IConfiguration Settings() => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    public void Preset(string file, string text, bool shipped = true)
    {
        var folder = Directory.CreateDirectory(shipped ? Paths.ShippedPresets : Paths.Configuration + "/plugin-preset.d");
        File.WriteAllText(Path.Combine(folder.FullName, file), text);
    }

    public async Task<PluginHost> RunAsync()
    {
        await Host.LoadAsync(CancellationToken.None);
        await Host.StartServicesAsync(CancellationToken.None);
        return Host;
    }

    public async ValueTask DisposeAsync()
    {
        await container.Value.DisposeAsync();
        directory.Dispose();
    }

    private IContainer Compose()
    {
        var builder = new ContainerBuilder();
        builder.RegisterInstance(Paths);
        builder.RegisterInstance(Time).As<TimeProvider>();
        builder.RegisterInstance(Settings()).As<IConfiguration>();
        builder.RegisterInstance(LoggerFactory.Create(logging => logging.AddProvider(Log))).As<ILoggerFactory>();
        builder.RegisterGeneric(typeof(Logger<>)).As(typeof(ILogger<>)).SingleInstance();
        builder.RegisterInstance(new NoState()).As<ITurnCommitter>();
        builder.RegisterType<KernelLoop>().AsSelf().As<IKernelLoop>().SingleInstance();
        builder.RegisterType<EventBus>().SingleInstance();
        builder.RegisterModule<PluginModule>();
        builder.RegisterInstance(new NamedUses(this)).As<IPluginUse>();
        builder.RegisterInstance(Trust);
        return builder.Build();
    }

    private sealed class NamedUses(TestHost test) : IPluginUse
    {
        public IEnumerable<string> Of(Generation plugin) => test.Uses(plugin.Name);
    }

    private sealed class NoState : ITurnCommitter
    {
        public long Changes => 0;

        public void Commit() => throw new InvalidOperationException("nothing was changed");
    }
}
