using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

// What changes a volume otherwise than by use.
public sealed partial class SimulatedPool
{
    /// <inheritdoc/>
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) => DoAsync(() =>
    {
        if (!volume.IsWritable || size <= 0)
            throw new StorageException($"Volume '{volume.Vid}' cannot be resized to {size} bytes");
        if (started.ContainsKey(volume.Vid))
        {
            if (size < volume.Size)
                throw new StorageException($"Volume '{volume.Vid}' is in use and cannot be made smaller");
        }
        else if (volume.IsPersistent)
        {
            Resting(volume).Size = size;
        }
    }, cancel);

    /// <inheritdoc/>
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume)
    {
        lock (gate)
        {
            return volume.IsPersistent && volumes.TryGetValue(volume.Vid, out var book)
                ? [.. book.Revisions.Select(entry => entry.Revision)]
                : [];
        }
    }

    /// <inheritdoc/>
    public async Task<long> RevertAsync(Volume volume, string revision, CancellationToken cancel)
    {
        long size = 0;
        await DoAsync(() =>
        {
            var book = Resting(volume);
            if (!book.TryRevert(revision, volume.RevisionsToKeep, time.GetUtcNow()))
                throw new VolumeRevisionNotFoundException($"Volume '{volume.Vid}' has no such revision");
            size = book.Size;
        }, cancel).ConfigureAwait(false);
        return size;
    }

    /// <inheritdoc/>
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) => DoAsync(() =>
    {
        if (volumes.TryGetValue(volume.Vid, out var book))
            book.Prune(volume.RevisionsToKeep);
    }, cancel);

    /// <inheritdoc/>
    /// <remarks>The file is real, and empty; what is written to it is not kept.</remarks>
    public async Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel)
    {
        var path = "";
        await DoAsync(() =>
        {
            Resting(volume);
            if (size <= 0)
                throw new StorageException($"{size} bytes are refused for volume '{volume.Vid}'");
            var file = new SimulatedFile(size);
            imports.Add(volume.Vid, file);
            path = file.Path;
        }, cancel).ConfigureAwait(false);
        return path;
    }

    /// <inheritdoc/>
    public async Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel)
    {
        SimulatedFile? file = null;
        try
        {
            await DoAsync(() =>
            {
                if (!imports.Remove(volume.Vid, out file))
                    throw new StorageException($"Volume '{volume.Vid}' is not being imported to");
                if (commit)
                    Replace(volume, file.Size);
            }, cancel).ConfigureAwait(false);
        }
        finally
        {
            if (file is not null)
                await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel)
    {
        SimulatedFile? file = null;
        await DoAsync(() =>
        {
            if (!volume.IsPersistent || !volumes.TryGetValue(volume.Vid, out var book))
                throw new StorageException($"Volume '{volume.Vid}' has no content to hand out");
            if (volume.HasSnapshotsOff && started.ContainsKey(volume.Vid))
                throw new StorageException($"Volume '{volume.Vid}' is in use without snapshots");
            file = new SimulatedFile(book.Size);
        }, cancel).ConfigureAwait(false);
        return file!;
    }

    /// <inheritdoc/>
    public async Task CloneAsync(Volume volume, Volume source, CancellationToken cancel)
    {
        if (!volume.IsPersistent || !source.IsPersistent)
            return;
        await using var export = await source.Pool.ExportAsync(source, cancel).ConfigureAwait(false);
        var size = new FileInfo(export.Path).Length;
        await DoAsync(() => Replace(volume, size), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) =>
        DoAsync(() => Replace(volume, volume.Size), cancel);

    private void Replace(Volume volume, long size)
    {
        RefuseUnlessResting(volume);
        if (volumes.TryGetValue(volume.Vid, out var book))
            book.Replace(++lastContent, size, volume.RevisionsToKeep, time.GetUtcNow());
        else
            volumes.Add(volume.Vid, new SimulatedVolume(++lastContent, size));
    }

    private SimulatedVolume Resting(Volume volume)
    {
        RefuseUnlessResting(volume);
        return volumes.TryGetValue(volume.Vid, out var book)
            ? book
            : throw new StorageException($"Volume '{volume.Vid}' does not exist");
    }

    private void RefuseUnlessResting(Volume volume)
    {
        if (!volume.IsPersistent)
            throw new StorageException($"Volume '{volume.Vid}' is not kept when its qube stops");
        if (started.ContainsKey(volume.Vid))
            throw new StorageException($"Volume '{volume.Vid}' is in use");
        if (imports.ContainsKey(volume.Vid))
            throw new StorageException($"Volume '{volume.Vid}' is being imported to");
    }
}
