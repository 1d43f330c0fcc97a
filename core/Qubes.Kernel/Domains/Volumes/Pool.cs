using Qubes.Kernel.Plugins.Generations;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains.Volumes;

/// <summary>
/// A configured pool, opened by its driver at first use: the state names pools before the plugins with their drivers are
/// loaded, and a pool whose driver is missing must not keep the daemon from starting.
/// </summary>
internal sealed class Pool(PoolConfiguration configuration, IExtensions extensions) : IStoragePool
{
    private Task<IStoragePool>? opened;

    /// <summary>Changed in what needs no reopening: the defaults of volumes that do not say.</summary>
    public PoolConfiguration Configuration { get; set; } = configuration;

    public string? Directory => Opened.Directory;

    public IFreezingPool? Freezing => opened is { IsCompletedSuccessfully: true } ? Opened.Freezing : null;

    public Task CreateAsync(Volume volume, CancellationToken cancel) => OffLoop(pool => pool.CreateAsync(volume, cancel));

    public Task RemoveAsync(Volume volume, CancellationToken cancel) => OffLoop(pool => pool.RemoveAsync(volume, cancel));

    public Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel) =>
        OffLoop(pool => pool.StartAsync(volume, cancel));

    public Task StopAsync(Volume volume, CancellationToken cancel) => OffLoop(pool => pool.StopAsync(volume, cancel));

    public Task VerifyAsync(Volume volume, CancellationToken cancel) => OffLoop(pool => pool.VerifyAsync(volume, cancel));

    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) =>
        OffLoop(pool => pool.ResizeAsync(volume, size, cancel));

    public Task<long> RevertAsync(Volume volume, string revision, CancellationToken cancel) =>
        OffLoop(pool => pool.RevertAsync(volume, revision, cancel));

    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) =>
        OffLoop(pool => pool.PruneRevisionsAsync(volume, cancel));

    public Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel) =>
        OffLoop(pool => pool.BeginImportAsync(volume, size, cancel));

    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel) =>
        OffLoop(pool => pool.EndImportAsync(volume, commit, cancel));

    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) =>
        OffLoop(pool => pool.ImportAsync(volume, imagePath, cancel));

    public Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel) =>
        OffLoop(pool => pool.ExportAsync(volume, cancel));

    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel) =>
        OffLoop(pool => pool.CloneAsync(volume, source, cancel));

    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) => Opened.Revisions(volume);

    public bool IsOutdated(Volume volume) => Opened.IsOutdated(volume);

    public bool IsDirty(Volume volume) => Opened.IsDirty(volume);

    public long Usage(Volume volume) => Opened.Usage(volume);

    public string? Revision(Volume volume) => Opened.Revision(volume);

    public string PathOf(Volume volume) => Opened.PathOf(volume);

    public IReadOnlyList<string> Vids() => Opened.Vids();

    public PoolUsage Measure() => Opened.Measure();

    /// <summary>Opens the pool now, so that the questions that cannot wait have an answer.</summary>
    public async Task<IStoragePool> OpenAsync()
    {
        if (opened is null or { IsFaulted: true } or { IsCanceled: true })
            opened = OpenWithDriverAsync();
        return await opened;
    }

    /// <summary>Whether the pool is open, with the plugin's driver.</summary>
    public bool IsOpenedBy(Generation plugin) => opened is { IsCompletedSuccessfully: true } && plugin.Owns(Opened);

    // A driver's first steps are system calls, too; the loop does not wait for a disk.
    private async Task<T> OffLoop<T>(Func<IStoragePool, Task<T>> work)
    {
        var pool = await OpenAsync();
        return await Task.Run(() => work(pool));
    }

    private async Task OffLoop(Func<IStoragePool, Task> work)
    {
        var pool = await OpenAsync();
        await Task.Run(() => work(pool));
    }

    private IStoragePool Opened => opened is { IsCompletedSuccessfully: true }
        ? opened.GetAwaiter().GetResult()
        : throw new StorageException($"Pool '{Configuration.Name}' is not open; it is opened at the first use of one of its volumes");

    private Task<IStoragePool> OpenWithDriverAsync()
    {
        var drivers = extensions.All<IStoragePoolDriver>();
        var driver = drivers.FirstOrDefault(d => d.Name == Configuration.Driver)
            ?? throw new StorageException(
                $"Pool '{Configuration.Name}' needs the driver '{Configuration.Driver}', and no active plugin has it; " +
                $"available: {string.Join(", ", drivers.Select(d => d.Name))}");
        return driver.OpenAsync(Configuration, CancellationToken.None);
    }
}
