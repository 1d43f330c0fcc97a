using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

// Rules of pools that also freeze volumes.
public sealed partial class StoragePoolKit
{
    private IReadOnlyList<StorageRule> FreezingRules =>
    [
        new("A copy begins with what was frozen and keeps its changes to itself", BeginsWithFrozenAsync),
        new("What was frozen outlives the stop and removal of its volume and source", OutlivesOriginalAsync),
        new("Copies outlive the removal of what was frozen", OutlivesFrozenAsync),
        new("A volume that began as a copy stops, starts and is outdated like any other", IsAVolumeLikeOthersAsync),
        new("Only started, writable volumes that nobody saves are frozen, and each once", RefusesToFreezeAsync),
        new("A prepared layer is taken once, by a volume of its kind and size", GivesLayersOnceAsync),
    ];

    /// <summary>A copy begins with what was frozen and keeps its changes to itself.</summary>
    public async Task BeginsWithFrozenAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        foreach (var make in (Func<Volume>[])[() => Snapshot(source), Volatile])
        {
            var key = await FrozenAsync(make(), 2, cancel).ConfigureAwait(false);
            Expect(Freezing.FrozenKeys().Contains(key), "The key of what was frozen must be listed");
            Expect(Freezing.FrozenUsage(key) > 0 || disk is null, "What was frozen takes room");
            var (one, two) = (make(), make());
            var first = await CopiedAsync(one, key, cancel).ConfigureAwait(false);
            var second = await CopiedAsync(two, key, cancel).ConfigureAwait(false);
            Expect(first is { IsWritable: true, IsPresent: true, IsEphemeral: false }, "A copy is a writable disk");
            await ExpectGuestReadsAsync(first, 2, cancel).ConfigureAwait(false);
            await WriteAsync(first, 3, cancel).ConfigureAwait(false);
            await ExpectGuestReadsAsync(first, 3, cancel).ConfigureAwait(false);
            await ExpectGuestReadsAsync(second, 2, cancel).ConfigureAwait(false);

            var next = make();
            await ExpectGuestReadsAsync(await CopiedAsync(next, key, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
            await RemoveAsync(cancel, one, two, next).ConfigureAwait(false);
            await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
            Expect(!Freezing.FrozenKeys().Contains(key) && Freezing.FrozenUsage(key) == 0, "Nothing of what was frozen may stay");
            await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
        }
        await ExpectCommittedAsync(source, 1, Size, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, source).ConfigureAwait(false);
    }

    /// <summary>What was frozen outlives the stop and removal of its volume and source.</summary>
    public async Task OutlivesOriginalAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var original = Snapshot(source);
        var key = await FrozenAsync(original, 2, cancel).ConfigureAwait(false);
        await CommitAsync(source, 4, cancel).ConfigureAwait(false);
        var copy = Snapshot(source);
        await ExpectGuestReadsAsync(await CopiedAsync(copy, key, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        Expect(pool.IsOutdated(copy), "A copy whose source has committed since is outdated");
        await RemoveAsync(cancel, original, source).ConfigureAwait(false);
        var later = Snapshot(source);
        await ExpectGuestReadsAsync(await CopiedAsync(later, key, cancel).ConfigureAwait(false), 2, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, copy, later).ConfigureAwait(false);
        await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
    }

    /// <summary>Copies outlive the removal of what was frozen.</summary>
    public async Task OutlivesFrozenAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        foreach (var make in (Func<Volume>[])[() => Snapshot(source), Volatile])
        {
            var key = await FrozenAsync(make(), 2, cancel).ConfigureAwait(false);
            var copy = make();
            var started = await CopiedAsync(copy, key, cancel).ConfigureAwait(false);
            var untaken = await Freezing.PrepareAsync(key, copy.Name, cancel).ConfigureAwait(false);
            await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
            await ExpectGuestReadsAsync(started, 2, cancel).ConfigureAwait(false);
            await RefusedAsync<StorageException>(
                () => Freezing.StartAsync(make(), untaken, cancel), "Taking a layer of what is forgotten").ConfigureAwait(false);
            await RefusedAsync<StorageException>(
                () => Freezing.PrepareAsync(key, copy.Name, cancel), "Preparing a copy of what is forgotten").ConfigureAwait(false);
            await Freezing.DiscardAsync(untaken, cancel).ConfigureAwait(false);
            await RemoveAsync(cancel, copy).ConfigureAwait(false);
        }
        await RemoveAsync(cancel, source).ConfigureAwait(false);
    }

    /// <summary>A volume that began as a copy stops, starts and is outdated like any other.</summary>
    public async Task IsAVolumeLikeOthersAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var key = await FrozenAsync(Snapshot(source), 2, cancel).ConfigureAwait(false);
        var copy = Snapshot(source);
        await CopiedAsync(copy, key, cancel).ConfigureAwait(false);
        Expect(!pool.IsDirty(copy) && !pool.IsOutdated(copy), "A copy is neither dirty nor outdated at first");
        Expect(pool.Vids().Contains(copy.Vid) && (pool.Usage(copy) > 0 || disk is null), "A copy takes room");
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(copy, NewKey(), cancel), "Freezing a copy").ConfigureAwait(false);
        await CommitAsync(source, 4, cancel).ConfigureAwait(false);
        Expect(pool.IsOutdated(copy), "A copy is outdated once its source commits");
        await pool.StopAsync(copy, cancel).ConfigureAwait(false);
        Expect(!pool.Vids().Contains(copy.Vid) && pool.Usage(copy) == 0, "Nothing of a copy may stay after its stop");
        await ExpectGuestReadsAsync(await pool.StartAsync(copy, cancel).ConfigureAwait(false), 4, cancel).ConfigureAwait(false);
        await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
        await RemoveAsync(cancel, copy, source).ConfigureAwait(false);
    }

    /// <summary>Only started, writable volumes that nobody saves are frozen, and each once.</summary>
    public async Task RefusesToFreezeAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var snapshot = Snapshot(source);
        var key = NewKey();
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(snapshot, key, cancel), "Freezing what is not started").ConfigureAwait(false);
        await pool.StartAsync(source, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(source, key, cancel), "Freezing a persistent volume").ConfigureAwait(false);
        await pool.StopAsync(source, cancel).ConfigureAwait(false);
        snapshot.IsWritable = false;
        await pool.StartAsync(snapshot, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(snapshot, key, cancel), "Freezing a read-only volume").ConfigureAwait(false);
        var secret = Volatile();
        secret.OwnEphemeral = true;
        await pool.StartAsync(secret, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(secret, key, cancel), "Freezing an ephemeral volume").ConfigureAwait(false);
        var other = Volatile();
        await pool.StartAsync(other, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(other, "../" + key[3..], cancel), "Such a key").ConfigureAwait(false);
        Expect(!Freezing.FrozenKeys().Contains(key), "What is refused must leave nothing");
        await Freezing.FreezeAsync(other, key, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.FreezeAsync(other, key, cancel), "Freezing twice").ConfigureAwait(false);
        await RemoveAsync(cancel, snapshot, secret, other, source).ConfigureAwait(false);
        await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
    }

    /// <summary>A prepared layer is taken once, by a volume of its kind and size.</summary>
    public async Task GivesLayersOnceAsync(CancellationToken cancel)
    {
        var source = await CommittedAsync(1, cancel).ConfigureAwait(false);
        var key = await FrozenAsync(Snapshot(source), 2, cancel).ConfigureAwait(false);
        var name = Snapshot(source).Name;
        await RefusedAsync<StorageException>(() => Freezing.PrepareAsync(key, "other", cancel), "Preparing what was not frozen").ConfigureAwait(false);
        var (layer, second) = (await Freezing.PrepareAsync(key, name, cancel).ConfigureAwait(false), await Freezing.PrepareAsync(key, name, cancel).ConfigureAwait(false));
        Expect(layer.Id != second.Id && layer.Size == Size, "Each prepared layer has an id of its own and the disk's size");
        Expect(layer.Pool == Freezing && layer.Key == key && layer.Name == name && layer.Layers.Count > 0, "A prepared layer says what it is");
        var larger = Snapshot(source);
        larger.Size = 2 * Size;
        foreach (var unlike in (Volume[])[larger, Volatile()])
            await RefusedAsync<StorageException>(() => Freezing.StartAsync(unlike, layer, cancel), $"The layer as {unlike.Vid}").ConfigureAwait(false);
        var copy = Snapshot(source);
        await Freezing.StartAsync(copy, layer, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.StartAsync(Snapshot(source), layer, cancel), "A layer that is taken").ConfigureAwait(false);
        await Freezing.DiscardAsync(layer, cancel).ConfigureAwait(false);
        await Freezing.DiscardAsync(second, cancel).ConfigureAwait(false);
        await Freezing.DiscardAsync(second, cancel).ConfigureAwait(false);
        await RefusedAsync<StorageException>(() => Freezing.StartAsync(Snapshot(source), second, cancel), "A layer that is gone").ConfigureAwait(false);
        Expect(pool.Vids().Contains(copy.Vid), "Discarding a layer that is taken must leave it to its volume");
        await RemoveAsync(cancel, copy, source).ConfigureAwait(false);
        await Freezing.RemoveFrozenAsync(key, cancel).ConfigureAwait(false);
    }

    private IFreezingPool Freezing => (IFreezingPool)pool;

    private string NewKey() => Interlocked.Increment(ref lastQube).ToString("x64");

    /// <summary>Starts the volume, has its guest write the byte, freezes and stops it; the key.</summary>
    private async Task<string> FrozenAsync(Volume volume, byte pattern, CancellationToken cancel)
    {
        var key = NewKey();
        await WriteAsync(await pool.StartAsync(volume, cancel).ConfigureAwait(false), pattern, cancel).ConfigureAwait(false);
        await Freezing.FreezeAsync(volume, key, cancel).ConfigureAwait(false);
        await pool.StopAsync(volume, cancel).ConfigureAwait(false);
        return key;
    }

    private async Task<VolumeAttachment> CopiedAsync(Volume volume, string key, CancellationToken cancel) =>
        await Freezing.StartAsync(volume, await Freezing.PrepareAsync(key, volume.Name, cancel).ConfigureAwait(false), cancel)
            .ConfigureAwait(false);
}
