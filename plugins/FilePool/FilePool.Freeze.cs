using Qubes.Plugins.FilePool.Freezing;
using Qubes.Plugins.FilePool.Images;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

// What a frozen machine's volumes held is given further names below .frozen/KEY, and so is never copied and outlives those volumes:
//
//   snapshot   VID-clean.img    -> NAME-clean.img        volatile   VID-dirty.img -> NAME.img
//              VID-dirty.qcow2  -> NAME.qcow2
//
// A copy has an overlay of its own on top, VID-dirty.qcow2, and names of its own for what lies below: VID-clean.img, and
// VID-frozen.qcow2 or VID-frozen.img. Whatever is removed first, the others keep what they use, and a stop unlinks just these.
internal sealed partial class FilePool
{
    private const UnixFileMode FrozenMode = UnixFileMode.UserRead;

    /// <inheritdoc/>
    public async Task FreezeAsync(Volume volume, string key, CancellationToken cancel)
    {
        var frozen = new FrozenFiles(directory, key, volume.Name);
        using var turn = await locks.EnterAsync(frozen.Directory, cancel).ConfigureAwait(false);
        await RunAsync(volume, "freeze", (_, files) => Freeze(volume, files, frozen), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<PreparedVolume> PrepareAsync(string key, string name, CancellationToken cancel)
    {
        var frozen = new FrozenFiles(directory, key, name);
        PreparedVolume? prepared = null;
        await WithKeyAsync(frozen, "prepare a copy of", () => prepared = Prepare(key, frozen), cancel).ConfigureAwait(false);
        return prepared!;
    }

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, PreparedVolume prepared, CancellationToken cancel)
    {
        var frozen = new FrozenFiles(directory, prepared.Key, prepared.Name);
        VolumeAttachment? started = null;
        await RunAsync(volume, "start", (_, files) => started = StartPrepared(volume, files, frozen, prepared), cancel)
            .ConfigureAwait(false);
        return started!;
    }

    /// <inheritdoc/>
    public Task DiscardAsync(PreparedVolume prepared, CancellationToken cancel)
    {
        var frozen = new FrozenFiles(directory, prepared.Key, prepared.Name);
        return WithKeyAsync(frozen, "discard a copy of", () =>
        {
            if (Directory.Exists(frozen.Directory))
                File.Delete(frozen.Prepared(prepared.Id));
        }, cancel);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FrozenKeys() => FrozenFiles.Keys(directory);

    /// <inheritdoc/>
    /// <remarks>A source's content counts only when nobody else has it any more.</remarks>
    public long FrozenUsage(string key)
    {
        var folder = FrozenFiles.DirectoryOf(directory, key);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Sum(UsageOf)
            : 0;

        static long UsageOf(string path) =>
            FileFacts.Of(path) is { } facts && (facts.Links == 1 || !FrozenFiles.IsSources(path)) ? facts.Allocated : 0;
    }

    /// <inheritdoc/>
    public Task RemoveFrozenAsync(string key, CancellationToken cancel)
    {
        var folder = FrozenFiles.DirectoryOf(directory, key);
        return RunAsync(folder, $"forget what is frozen as {key}", () =>
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }, cancel);
    }

    private Task WithKeyAsync(FrozenFiles frozen, string operation, Action work, CancellationToken cancel) =>
        RunAsync(frozen.Directory, $"{operation} the frozen volume {frozen.Name}", work, cancel);

    private static void Freeze(Volume volume, VolumeFiles files, FrozenFiles frozen)
    {
        RefuseUnlessFreezable(volume);
        if (File.Exists(files.FrozenOverlay) || File.Exists(files.FrozenDirect))
            throw new StorageException($"Volume {volume.Vid} began as a copy of a frozen one and cannot be frozen itself");
        if (!File.Exists(volume.SnapOnStart ? files.Overlay : files.Direct))
            throw new StorageException($"Volume {volume.Vid} cannot be frozen: it is not started");
        if (frozen.Exist)
            throw new StorageException($"A volume called '{frozen.Name}' was frozen under this key already");
        Directory.CreateDirectory(frozen.Directory, VolumeFiles.DirectoryMode);
        if (!volume.SnapOnStart)
        {
            Keep(files.Direct, frozen.Direct);
            return;
        }
        File.Delete(frozen.Clean); // of a freezing that was interrupted
        FileCalls.Link(files.Clean, frozen.Clean);
        Keep(files.Overlay, frozen.Overlay);
    }

    // Durable before it has its name there, and nobody's to write to: whoever has it open for writing is stopped.
    private static void Keep(string used, string kept)
    {
        using (var file = File.OpenHandle(used, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            RandomAccess.FlushToDisk(file);
            File.SetUnixFileMode(file, FrozenMode);
        }
        FileCalls.Link(used, kept);
        FileCalls.SyncDirectory(Path.GetDirectoryName(kept)!);
    }

    private PreparedVolume Prepare(string key, FrozenFiles frozen)
    {
        IReadOnlyList<DiskLayer> below = File.Exists(frozen.Overlay)
            ? [new(frozen.Overlay, Overlaid), new(frozen.Clean, Raw)]
            : File.Exists(frozen.Direct)
                ? [new(frozen.Direct, Raw)]
                : throw new StorageException($"No volume called '{frozen.Name}' was frozen under that key");
        var size = SizeOf(frozen);
        var id = Guid.NewGuid().ToString("N");
        OverlayWriter.Create(frozen.Prepared(id), size, durable: false);
        return new PreparedVolume(this, key, frozen.Name, id, size, [new(frozen.Prepared(id), Overlaid), .. below]);
    }

    private VolumeAttachment StartPrepared(Volume volume, VolumeFiles files, FrozenFiles frozen, PreparedVolume prepared)
    {
        RefuseUnlessFreezable(volume);
        var layer = frozen.Prepared(prepared.Id);
        if (prepared.Pool != this || !File.Exists(layer) || !frozen.Exist)
            throw new StorageException($"Volume {volume.Vid} cannot begin as a copy: the prepared layer is taken or gone");
        if (volume.Name != frozen.Name || volume.SnapOnStart != File.Exists(frozen.Overlay))
            throw new StorageException($"Volume {volume.Vid} cannot begin as a copy of the frozen volume {frozen.Name}, which is of another kind");
        if (Math.Max(volume.Size, LengthOf(frozen.Clean)) is var size && InSectors(size) != SizeOf(frozen))
            throw new StorageException($"Volume {volume.Vid} has {size} bytes, and the frozen one {SizeOf(frozen)}: it cannot begin as its copy");
        Discard(volume, files);
        Directory.CreateDirectory(files.Directory, VolumeFiles.DirectoryMode);
        try
        {
            var below = LinkBelow(volume, files, frozen);
            FileCalls.Rename(layer, files.Overlay);
            return new VolumeAttachment(volume, [new DiskLayer(files.Overlay, Overlaid), .. below], IsWritable: true);
        }
        catch (IOException)
        {
            Discard(volume, files); // the rename came last, so that the layer is still there
            throw;
        }
    }

    private static IReadOnlyList<DiskLayer> LinkBelow(Volume volume, VolumeFiles files, FrozenFiles frozen)
    {
        if (!volume.SnapOnStart)
        {
            FileCalls.Link(frozen.Direct, files.FrozenDirect);
            return [new(files.FrozenDirect, Raw)];
        }
        FileCalls.Link(frozen.Clean, files.Clean);
        FileCalls.Link(frozen.Overlay, files.FrozenOverlay);
        return [new(files.FrozenOverlay, Overlaid), new(files.Clean, Raw)];
    }

    private static long SizeOf(FrozenFiles frozen) =>
        File.Exists(frozen.Overlay) ? OverlayReader.SizeOf(frozen.Overlay) : InSectors(LengthOf(frozen.Direct));

    private static long InSectors(long bytes) => (bytes + 511) / 512 * 512;

    private static void RefuseUnlessFreezable(Volume volume)
    {
        if (volume.SaveOnStop || !volume.IsWritable || volume.IsEphemeral)
        {
            throw new StorageException(
                $"Volume {volume.Vid} is not to be frozen: that can be done to writable snapshots and to volatile volumes that are not ephemeral");
        }
    }
}
