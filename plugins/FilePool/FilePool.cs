using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Volumes as files below one directory. What is committed is never written to, only replaced, so that a snapshot is a second
/// name for it and an empty overlay on top: some milliseconds, whatever the size (spec: storage, sections 2 and 4.1).
/// </summary>
internal sealed partial class FilePool(PoolConfiguration configuration, string directory, TimeProvider time) : IStoragePool
{
    private readonly VolumeLocks locks = new();

    /// <inheritdoc/>
    public PoolConfiguration Configuration => configuration;

    /// <inheritdoc/>
    public Task CreateAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "create", Create, cancel);

    /// <inheritdoc/>
    public Task RemoveAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "remove", (_, files) => Remove(files), cancel);

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel)
    {
        VolumeAttachment? started = null;
        await RunAsync(volume, "start", (_, files) => started = Start(volume, files), cancel).ConfigureAwait(false);
        return started!;
    }

    /// <inheritdoc/>
    public Task StopAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "stop", (_, files) => Stop(volume, files, cancel), cancel);

    /// <inheritdoc/>
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) =>
        RunAsync(volume, "import to", (_, files) => Import(volume, files, imagePath, cancel), cancel);

    /// <inheritdoc/>
    public bool IsOutdated(Volume volume) =>
        volume is { SnapOnStart: true, Source: { } source }
        && FileFacts.Of(FilesOf(volume).Clean) is { } mine
        && FileFacts.Of(FilesOf(source).Image) is { } current
        && !mine.IsSameFile(current);

    /// <inheritdoc/>
    public bool IsDirty(Volume volume) =>
        IsPersistent(volume)
        && FilesOf(volume) is var files
        && (File.Exists(files.Overlay) || File.Exists(files.Direct));

    /// <inheritdoc/>
    public long Usage(Volume volume)
    {
        var files = FilesOf(volume);
        IEnumerable<string> own = [files.Overlay, files.Direct];
        if (IsPersistent(volume))
            own = [.. own, files.Image, .. new Revisions(files, time).All()];
        return own.Select(FileFacts.Of).OfType<FileFacts>().DistinctBy(facts => facts.Inode).Sum(facts => facts.Allocated);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A commit makes a new file, so its inode and time of change name the content; the inode alone is used anew some day.
    /// </remarks>
    public string? Revision(Volume volume) =>
        IsPersistent(volume) && FileFacts.Of(FilesOf(volume).Image) is { } facts ? $"{facts.Inode}-{facts.Modified}" : null;

    private static bool IsPersistent(Volume volume) => volume is { SaveOnStop: true, SnapOnStart: false };

    private VolumeFiles FilesOf(Volume volume) => new(directory, volume.Vid);

    private async Task RunAsync(
        Volume volume, string operation, Action<Volume, VolumeFiles> work, CancellationToken cancel)
    {
        if (volume is { SnapOnStart: true, SaveOnStop: true })
        {
            throw new StorageException(
                $"Volume {volume.Vid} is refused: driver file has volumes that are a snapshot or are saved, not both");
        }
        var files = FilesOf(volume);
        using var turn = await locks.EnterAsync(volume.Vid, cancel).ConfigureAwait(false);
        try
        {
            await Task.Run(() => work(volume, files), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StorageException(
                $"Cannot {operation} volume {volume.Vid} of pool {configuration.Name}: {e.Message}");
        }
    }
}
