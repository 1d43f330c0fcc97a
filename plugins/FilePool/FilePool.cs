using System.Collections.Concurrent;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Volumes as files below one directory. What is committed is never written to, only replaced, so that a snapshot is a second
/// name for it and an empty overlay on top: some milliseconds, whatever the size (spec: storage, sections 2 and 4.1).
/// </summary>
internal sealed partial class FilePool(PoolConfiguration configuration, string directory, TimeProvider time) : IFreezingPool
{
    private readonly VolumeLocks locks = new();
    private readonly ConcurrentDictionary<string, long> imports = new(); // that go on, and their sizes, by vid

    /// <inheritdoc/>
    public PoolConfiguration Configuration => configuration;

    /// <inheritdoc/>
    string IStoragePool.Directory => directory;

    /// <inheritdoc/>
    public Task CreateAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "create", Create, cancel);

    /// <inheritdoc/>
    public Task RemoveAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "remove", Remove, cancel);

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel)
    {
        VolumeAttachment? started = null;
        await RunAsync(volume, "start", (_, files) => started = Start(volume, files, cancel), cancel).ConfigureAwait(false);
        return started!;
    }

    /// <inheritdoc/>
    public Task StopAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "stop", (_, files) => Stop(volume, files, cancel), cancel);

    /// <inheritdoc/>
    public Task VerifyAsync(Volume volume, CancellationToken cancel) => RunAsync(volume, "use", Verify, cancel);

    /// <inheritdoc/>
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) =>
        RunAsync(volume, "resize", (_, files) => Resize(volume, files, size, cancel), cancel);

    /// <inheritdoc/>
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) =>
        volume.IsPersistent ? new Revisions(FilesOf(volume), time).Listed() : [];

    /// <inheritdoc/>
    public async Task<long> RevertAsync(Volume volume, string revision, CancellationToken cancel)
    {
        long size = 0;
        await RunAsync(volume, "revert", (_, files) => size = Revert(volume, files, revision), cancel).ConfigureAwait(false);
        return size;
    }

    /// <inheritdoc/>
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) =>
        RunAsync(volume, "delete revisions of", Prune, cancel);

    /// <inheritdoc/>
    public async Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel)
    {
        var path = "";
        await RunAsync(volume, "import to", (_, files) => path = BeginImport(volume, files, size), cancel).ConfigureAwait(false);
        return path;
    }

    /// <inheritdoc/>
    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel) =>
        RunAsync(volume, "import to", (_, files) => EndImport(volume, files, commit), cancel);

    /// <inheritdoc/>
    public async Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel)
    {
        FileExport? export = null;
        await RunAsync(volume, "export", (_, files) => export = Export(volume, files), cancel).ConfigureAwait(false);
        return export!;
    }

    /// <inheritdoc/>
    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel) =>
        volume.IsPersistent && source.IsPersistent ? CloneContentAsync(volume, source, cancel) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) =>
        RunAsync(volume, "import to", (_, files) => Import(volume, files, imagePath, cancel), cancel);

    /// <inheritdoc/>
    public string PathOf(Volume volume)
    {
        var files = FilesOf(volume);
        if (volume.IsPersistent)
            return File.Exists(files.Direct) ? files.Direct : files.Image;
        if (!volume.SnapOnStart)
            return File.Exists(files.Overlay) ? files.Overlay : files.Direct;
        return volume.IsWritable ? files.Overlay : files.Clean;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Vids() => VolumeSearch.Below(directory);

    /// <inheritdoc/>
    /// <remarks>Of the whole file system: what is free to other users is used here.</remarks>
    public PoolUsage Measure()
    {
        var drive = new DriveInfo(directory);
        return new PoolUsage(drive.TotalSize, drive.TotalSize - drive.AvailableFreeSpace);
    }

    /// <inheritdoc/>
    public bool IsOutdated(Volume volume) =>
        volume is { SnapOnStart: true, Source: { } source }
        && FileFacts.Of(FilesOf(volume).Clean) is { } mine
        && FileFacts.Of(FilesOf(source).Image) is { } current
        && !mine.IsSameFile(current);

    /// <inheritdoc/>
    public bool IsDirty(Volume volume) =>
        volume.IsPersistent
        && FilesOf(volume) is var files
        && (File.Exists(files.Overlay) || File.Exists(files.Direct));

    /// <inheritdoc/>
    public long Usage(Volume volume)
    {
        var files = FilesOf(volume);
        IEnumerable<string> own = [files.Overlay, files.Direct];
        if (volume.IsPersistent)
            own = [.. own, files.Image, files.Import, .. new Revisions(files, time).All()];
        return own.Select(FileFacts.Of).OfType<FileFacts>().DistinctBy(facts => facts.Inode).Sum(facts => facts.Allocated);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A commit makes a new file, so its inode and time of change name the content; the inode alone is used anew some day.
    /// </remarks>
    public string? Revision(Volume volume) =>
        volume.IsPersistent && FileFacts.Of(FilesOf(volume).Image) is { } facts ? $"{facts.Inode}-{facts.Modified}" : null;

    private VolumeFiles FilesOf(Volume volume) => new(directory, volume.Vid);

    private async Task RunAsync(
        Volume volume, string operation, Action<Volume, VolumeFiles> work, CancellationToken cancel)
    {
        if (volume is { SnapOnStart: true, SaveOnStop: true })
        {
            throw new StorageException(
                $"Volume {volume.Vid} is refused: driver {configuration.Driver} has volumes that are a snapshot or are saved, not both");
        }
        var files = FilesOf(volume);
        await RunAsync(volume.Vid, $"{operation} volume {volume.Vid}", () => work(volume, files), cancel).ConfigureAwait(false);
    }

    private async Task RunAsync(string turn, string operation, Action work, CancellationToken cancel)
    {
        using var mine = await locks.EnterAsync(turn, cancel).ConfigureAwait(false);
        try
        {
            await Task.Run(work, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StorageException($"Cannot {operation} of pool {configuration.Name}: {e.Message}");
        }
    }
}
