using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Plugins.Templates.Apt;
using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Images;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Plugins.Templates.Registration;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>The plugin's parts put together below a temporary directory, with a fake registry.</summary>
internal sealed class Workbench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Workbench(IDistribution? distribution = null, string? agent = null)
    {
        Paths = new QubesPaths(_folder.File("root"), _folder.File("usr"));
        Folders = new CacheFolders(_folder.File("cache"));
        Qubes = new FakeQubes(_folder.File("pool"));
        Kernels = new KernelFolders(Paths);
        Registrar = new TemplateRegistrar(Qubes, Kernels, new GuestFiles(Paths));
        if (agent is not null)
        {
            Directory.CreateDirectory(Paths.GuestFiles);
            File.Copy(agent, Path.Combine(Paths.GuestFiles, "qubes-agent"));
        }
        else
        {
            _folder.Write("usr/lib/qubes/guest/qubes-agent", "agent");
        }
        _folder.Write("usr/lib/qubes/guest/qubes-guest-tools", "tools");
        _folder.Write("usr/lib/qubes/guest/qrexec-client-vm", "client");
        _folder.Write("usr/lib/qubes/guest/rpc/qubes.VMShell", "#!/bin/sh\n");
        Settings = new ConfigurationBuilder().Build();
        Distribution = distribution ?? new DebianDistribution(new AptIndex(new AptSources(Settings), Folders, TimeProvider.System));
        var extensions = Substitute.For<IExtensions>();
        extensions.All<IGuestServiceProvider>().Returns(_ => [new Offer(Services)]);
        Builds = new TemplateBuilds(
            new RecipeCatalog(Paths), new OfferedServices(extensions),
            new ImageBuilder(Distribution, new TemplateCache(Folders, TimeProvider.System), new GuestFiles(Paths)),
            new ImportFolder(Paths, Kernels), Registrar, Folders, Paths, TimeProvider.System, NullLogger<TemplateBuilds>.Instance);
    }

    public QubesPaths Paths { get; }

    public CacheFolders Folders { get; }

    public FakeQubes Qubes { get; }

    public KernelFolders Kernels { get; }

    public TemplateRegistrar Registrar { get; }

    public IConfiguration Settings { get; }

    public IDistribution Distribution { get; }

    public TemplateBuilds Builds { get; }

    public List<GuestService> Services { get; } = [];

    /// <summary>What was reported, newest last.</summary>
    public List<(BuildStep Step, int Percent)> Reported { get; } = [];

    public string Write(string name, string text) => _folder.Write(name, text);

    public void WriteRecipe(string name, string rest = "") =>
        Write($"root/etc/qubes/recipes/{name}.yaml", $"name: {name}\nsuite: bookworm\nroot_size: 512M\n{rest}");

    public Task<(string Template, string Disposable)> BuildAsync(string recipe, string payload = "", CancellationToken cancel = default) =>
        Builds.RunAsync(
            BuildRequest.Parse(recipe, System.Text.Encoding.ASCII.GetBytes(payload)),
            new BuildProgress((step, percent, _) => Reported.Add((step, percent))), cancel);

    /// <summary>Files that a build which ended early must not leave.</summary>
    public IReadOnlyList<string> Remains() =>
    [
        .. Below(Folders.Work), .. Below(Paths.State + "/import"), .. Below(Qubes.Folder),
    ];

    /// <summary>Starts and stops the plugin's service, as a new daemon does.</summary>
    public async Task RestartAsync()
    {
        using var underWay = new BuildsUnderWay();
        using var service = new TemplateService(
            Folders, new ImportFolder(Paths, Kernels), Kernels, underWay, NullLogger<TemplateService>.Instance);
        await service.StartAsync(CancellationToken.None);
        await service.SweptAsync();
        await service.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        Registrar.Dispose();
        _folder.Dispose();
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories) : [];

    private sealed class Offer(IReadOnlyList<GuestService> services) : IGuestServiceProvider
    {
        public IReadOnlyList<GuestService> Services => services;
    }
}
