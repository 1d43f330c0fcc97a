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

    public PoolConfiguration Configuration => configuration;

    public async Task CreateAsync(Volume volume, CancellationToken cancel) => await OffLoop(pool => pool.CreateAsync(volume, cancel));

    public async Task RemoveAsync(Volume volume, CancellationToken cancel) => await OffLoop(pool => pool.RemoveAsync(volume, cancel));

    public async Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel) =>
        await OffLoop(pool => pool.StartAsync(volume, cancel));

    public async Task StopAsync(Volume volume, CancellationToken cancel) => await OffLoop(pool => pool.StopAsync(volume, cancel));

    public async Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) =>
        await OffLoop(pool => pool.ImportAsync(volume, imagePath, cancel));

    public bool IsOutdated(Volume volume) => Opened.IsOutdated(volume);

    public bool IsDirty(Volume volume) => Opened.IsDirty(volume);

    public long Usage(Volume volume) => Opened.Usage(volume);

    public string? Revision(Volume volume) => Opened.Revision(volume);

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

    /// <summary>Opens the pool now, so that the questions that cannot wait have an answer.</summary>
    public async Task<IStoragePool> OpenAsync()
    {
        if (opened is null or { IsFaulted: true } or { IsCanceled: true })
            opened = OpenWithDriverAsync();
        return await opened;
    }

    private IStoragePool Opened => opened is { IsCompletedSuccessfully: true }
        ? opened.GetAwaiter().GetResult()
        : throw new StorageException($"Pool '{configuration.Name}' is not open; it is opened at the first use of one of its volumes");

    private Task<IStoragePool> OpenWithDriverAsync()
    {
        var drivers = extensions.All<IStoragePoolDriver>();
        var driver = drivers.FirstOrDefault(d => d.Name == configuration.Driver)
            ?? throw new StorageException(
                $"Pool '{configuration.Name}' needs the driver '{configuration.Driver}', and no active plugin has it; " +
                $"available: {string.Join(", ", drivers.Select(d => d.Name))}");
        return driver.OpenAsync(configuration, CancellationToken.None);
    }
}
