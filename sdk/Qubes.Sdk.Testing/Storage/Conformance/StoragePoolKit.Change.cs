using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

// Sizes and revisions.
public sealed partial class StoragePoolKit
{
    /// <summary>A volume at rest becomes larger and smaller.</summary>
    public async Task ResizesAtRestAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(3, cancel).ConfigureAwait(false);
        foreach (var size in (long[])[2 * Size, Size / 2])
        {
            await ResizeAsync(volume, size, cancel).ConfigureAwait(false);
            await ExpectCommittedAsync(volume, 3, size, cancel).ConfigureAwait(false);
            Expect(!pool.IsDirty(volume), "A volume that was resized at rest is not dirty");
        }
        await CommitAsync(volume, 4, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 4, Size / 2, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>A volume in use becomes larger and never smaller.</summary>
    public async Task ResizesInUseAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(3, cancel).ConfigureAwait(false);
        var snapshot = Snapshot(volume);
        await pool.StartAsync(snapshot, cancel).ConfigureAwait(false);
        await WriteAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 5, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.ResizeAsync(volume, Size / 2, cancel), "Making a volume smaller that is in use").ConfigureAwait(false);
        await ResizeAsync(volume, 2 * Size, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 5, cancel).ConfigureAwait(false);
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 5, 2 * Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, snapshot, volume).ConfigureAwait(false);
    }

    /// <summary>A read-only volume keeps its size.</summary>
    public async Task RefusesToResizeReadOnlyAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(3, cancel).ConfigureAwait(false);
        volume.IsWritable = false;
        await RefusedAsync<StorageException>(
            () => pool.ResizeAsync(volume, 2 * Size, cancel), "Resizing a read-only volume").ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>As many revisions are kept as asked for, oldest first.</summary>
    public async Task KeepsRevisionsAsync(CancellationToken cancel)
    {
        foreach (var keep in (int[])[0, 1, 2])
        {
            var volume = Persistent(keep);
            await pool.CreateAsync(volume, cancel).ConfigureAwait(false);
            for (byte i = 1; i <= 4; i++)
                await CommitAsync(volume, i, cancel).ConfigureAwait(false);
            var revisions = pool.Revisions(volume);
            Expect(revisions.Count == keep, $"{keep} revisions should be kept, not {revisions.Count}");
            Expect(revisions.Select(revision => revision.Id).Distinct().Count() == keep, "Revisions' ids must differ");
            Expect(revisions.Zip(revisions.Skip(1)).All(pair => pair.First.Time <= pair.Second.Time), "Revisions must be oldest first");
            Expect(
                revisions.All(revision => revision.Id.All(c => char.IsAsciiLetterOrDigit(c) || ":-_.".Contains(c, StringComparison.Ordinal))),
                "Revisions' ids have characters A-Za-z0-9:-_. only");
            await RemoveAsync(cancel, volume).ConfigureAwait(false);
        }
    }

    /// <summary>With snapshots off a volume is used in place.</summary>
    public async Task UsesInPlaceAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        volume.OwnRevisionsToKeep = -1;
        var started = await pool.StartAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.IsDirty(volume), "A volume that is used in place must be dirty meanwhile");
        await RefusedAsync<StorageException>(
            () => pool.ExportAsync(volume, cancel), "Handing out content that is used in place").ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.StartAsync(Snapshot(volume), cancel), "A snapshot of content that is used in place").ConfigureAwait(false);
        await WriteAsync(started, 2, cancel).ConfigureAwait(false);
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.Revisions(volume).Count == 0, "With snapshots off no revisions may be kept");
        await ExpectCommittedAsync(volume, 2, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Lowering the number of revisions and pruning deletes the oldest.</summary>
    public async Task PrunesAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel, keep: 3).ConfigureAwait(false);
        for (byte i = 2; i <= 3; i++)
            await CommitAsync(volume, i, cancel).ConfigureAwait(false);
        var newest = pool.Revisions(volume)[^1];
        volume.OwnRevisionsToKeep = 1;
        await pool.PruneRevisionsAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.Revisions(volume) is [var left] && left == newest, "The newest revision must stay");
        volume.OwnRevisionsToKeep = 0;
        await pool.PruneRevisionsAsync(volume, cancel).ConfigureAwait(false);
        Expect(pool.Revisions(volume).Count == 0, "No revision may stay");
        await ExpectCommittedAsync(volume, 3, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Reverting exchanges the current content for a revision.</summary>
    public async Task RevertsAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel, keep: 2).ConfigureAwait(false);
        await CommitAsync(volume, 2, cancel).ConfigureAwait(false);
        var (before, old) = (pool.Revision(volume), pool.Revisions(volume)[^1]);
        var size = await pool.RevertAsync(volume, old.Id, cancel).ConfigureAwait(false);
        Expect(size == Size, $"The reverted content has {Size} bytes, not {size}");
        Expect(pool.Revision(volume) != before, "Another content must have another name");
        await ExpectCommittedAsync(volume, 1, Size, cancel).ConfigureAwait(false);
        Expect(pool.Revisions(volume).Count == 2 && !pool.Revisions(volume).Contains(old), "The replaced content must have become a revision");

        await pool.RevertAsync(volume, pool.Revisions(volume)[^1].Id, cancel).ConfigureAwait(false);
        await ExpectCommittedAsync(volume, 2, Size, cancel).ConfigureAwait(false);
        await ExpectGuestReadsAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>Only a clean persistent volume is reverted, to a revision it has.</summary>
    public async Task RefusesToRevertAsync(CancellationToken cancel)
    {
        var volume = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var revision = pool.Revisions(volume)[0].Id;
        foreach (var unknown in (string[])["none", "", "../x", revision + "0"])
        {
            await RefusedAsync<VolumeRevisionNotFoundException>(
                () => pool.RevertAsync(volume, unknown, cancel), $"Reverting to '{unknown}'").ConfigureAwait(false);
        }
        await RefusedAsync<StorageException>(
            () => pool.RevertAsync(Snapshot(volume), revision, cancel), "Reverting a snapshot").ConfigureAwait(false);
        await pool.StartAsync(volume, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(
            () => pool.RevertAsync(volume, revision, cancel), "Reverting a volume in use").ConfigureAwait(false);
        await RemoveAsync(cancel, volume).ConfigureAwait(false);
    }

    /// <summary>As the kernel does it: the pool first, then what is kept.</summary>
    private async Task ResizeAsync(Volume volume, long size, CancellationToken cancel)
    {
        await pool.ResizeAsync(volume, size, cancel).ConfigureAwait(false);
        volume.Size = size;
    }
}
