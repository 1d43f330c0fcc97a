using Autofac;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using NSubstitute;
using Qubes.Plugins.FilePool;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Tests.Guests;

/// <summary>
/// What a daemon gives the plugin, below a directory that is gone with the test. <see cref="Restart"/> is a new daemon.
/// </summary>
internal sealed class GuestHost : IAsyncDisposable
{
    private readonly Dictionary<string, string?> settings = new() { ["accelerator"] = "tcg" };
    private IContainer container;

    public GuestHost(params (string Key, string Value)[] extra)
    {
        Root = Directory.CreateTempSubdirectory("qemu-").FullName;
        Paths = new QubesPaths(Root, Root + "/usr");
        settings["launcher"] = LauncherPath;
        foreach (var (key, value) in extra)
            settings[key] = value;
        container = Build();
    }

    /// <summary>As <c>build.sh</c> installs it, else as the compiler left it.</summary>
    public static string LauncherPath { get; } = new[]
    {
        GuestKernel.RepositoryRoot + "out/lib/qubes/libexec/qubes-machine-launcher",
        GuestKernel.RepositoryRoot + "out/build/bin/Qubes.Machine.Launcher/debug_linux-x64/qubes-machine-launcher",
        GuestKernel.RepositoryRoot + "out/build/bin/Qubes.Machine.Launcher/debug/qubes-machine-launcher",
        GuestKernel.RepositoryRoot + "out/build/bin/Qubes.Machine.Launcher/release_linux-x64/qubes-machine-launcher",
    }.First(File.Exists);

    public string Root { get; }

    public QubesPaths Paths { get; }

    public RecordedLog Log { get; } = new();

    public IHypervisorDriver Driver => container.Resolve<IHypervisorDriver>();

    public void Restart()
    {
        container.Dispose();
        container = Build();
    }

    public static MachineSpec Spec(string name = "work", params VolumeAttachment[] volumes) => new()
    {
        Name = name,
        Uuid = Guid.NewGuid(),
        Class = QubeClass.DispVM,
        MemoryMiB = 128,
        Vcpus = 1,
        KernelDirectory = GuestKernel.Directory,
        KernelOptions = "",
        Volumes = volumes,
        GuestParameters = new Dictionary<string, string> { ["name"] = name, ["type"] = "DispVM" },
        ExpectsAgent = true,
    };

    public async Task<IStoragePool> OpenPoolAsync()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<FilePoolPlugin>();
        builder.RegisterInstance(TimeProvider.System);
        await using var pools = builder.Build();
        return await pools.Resolve<IEnumerable<IStoragePoolDriver>>().Single(driver => driver.Name == "file").OpenAsync(
            new PoolConfiguration("main", "file", new Dictionary<string, string> { ["dir_path"] = Root + "/pool" }), default);
    }

    public static Volume Volume(IStoragePool pool, string vid, bool isSaved, Volume? source = null) => new()
    {
        Name = vid,
        Owner = Substitute.For<IQube>(),
        Pool = pool,
        Vid = vid,
        Size = 1 << 20,
        SaveOnStop = isSaved,
        SnapOnStart = source is not null,
        Source = source,
    };

    /// <summary>Ends every machine that is left and deletes the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        Restart();
        foreach (var machine in await Driver.AdoptAsync(default))
        {
            await machine.KillAsync(default);
            await machine.DisposeAsync();
        }
        await container.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    private IContainer Build()
    {
        var builder = new ContainerBuilder();
        builder.RegisterModule<QemuPlugin>();
        builder.RegisterInstance(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).As<IConfiguration>();
        builder.RegisterInstance(Paths);
        builder.RegisterInstance(TimeProvider.System);
        builder.RegisterInstance(Log).As<ILoggerFactory>();
        return builder.Build();
    }
}
