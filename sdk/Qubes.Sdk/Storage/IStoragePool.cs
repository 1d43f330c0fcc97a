using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Storage;

/// <summary>Extension point: makes pools of one kind.</summary>
public interface IStoragePoolDriver
{
    /// <summary>The name in <see cref="PoolConfiguration.Driver"/>.</summary>
    string Name { get; }

    /// <summary>The options it knows, in the order tools show them.</summary>
    IReadOnlyList<string> Options { get; }

    /// <summary>Opens a pool; makes its directories when they are missing.</summary>
    /// <exception cref="StorageException">An option is missing or unusable.</exception>
    Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel);
}

/// <summary>An old content of a persistent volume.</summary>
/// <param name="Id">Characters <c>A-Za-z0-9:-_.</c></param>
/// <param name="Time">When it was replaced.</param>
public sealed record VolumeRevision(string Id, DateTimeOffset Time);

/// <summary>How full a pool is, bytes. Null: the driver cannot say.</summary>
/// <param name="Size">What it can hold.</param>
/// <param name="Used">What is taken.</param>
public sealed record PoolUsage(long? Size, long? Used);

/// <summary>A volume's committed content, to be read; it stays as it is until this is disposed of.</summary>
public interface IVolumeExport : IAsyncDisposable
{
    /// <summary>A raw image or block device.</summary>
    string Path { get; }
}

/// <summary>One layer of a started volume, from the one the guest writes to down to the oldest.</summary>
/// <param name="Path">An absolute path.</param>
/// <param name="Format"><c>raw</c> or <c>qcow2</c>.</param>
public sealed record DiskLayer(string Path, string Format);

/// <summary>
/// A started volume as a machine uses it. Only the first layer is ever written, and only when <see cref="IsWritable"/>.
/// Layers are given one by one, so that a machine never follows a name that is stored inside an image.
/// </summary>
/// <param name="Volume">Which volume.</param>
/// <param name="Layers">Top first; none: the machine gets no disk for this volume.</param>
/// <param name="IsWritable">The guest may write.</param>
public sealed record VolumeAttachment(Volume Volume, IReadOnlyList<DiskLayer> Layers, bool IsWritable)
{
    /// <summary>
    /// There is a disk. A kernel's volume has none where the kernel has no image of modules (spec: storage, section 4.5);
    /// disks after it would move up, so such a volume is the last.
    /// </summary>
    public bool IsPresent => Layers.Count > 0;

    /// <summary>
    /// The machine encrypts the disk, all of which it may overwrite, with a key that it alone has and that ends with it; a
    /// hypervisor driver that cannot refuses to make the machine. Only set on writable volatile volumes.
    /// </summary>
    public bool IsEphemeral { get; init; }
}

/// <summary>
/// A storage pool. Operations on one volume never run at the same time; those on different volumes may. Each returns with
/// the work done and durable (spec: storage, section 2).
/// </summary>
public interface IStoragePool
{
    /// <summary>How it was opened.</summary>
    PoolConfiguration Configuration { get; }

    /// <summary>The pool as one that freezes volumes; null: it cannot, or was not opened yet.</summary>
    IFreezingPool? Freezing => this as IFreezingPool;

    /// <summary>Allocates a persistent volume, empty; nothing for the other kinds.</summary>
    /// <exception cref="StorageException">It exists, or there is no room.</exception>
    Task CreateAsync(Volume volume, CancellationToken cancel);

    /// <summary>Deletes everything of the volume, revisions and half-done work included. Quiet when nothing is there.</summary>
    Task RemoveAsync(Volume volume, CancellationToken cancel);

    /// <summary>Prepares the volume for a machine: snapshot, empty file, or the working copy.</summary>
    /// <exception cref="StorageException">Its content, or its source's, is missing.</exception>
    Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel);

    /// <summary>
    /// Commits (persistent) atomically or discards (others). Safe to call when not started, and again after a crash.
    /// </summary>
    Task StopAsync(Volume volume, CancellationToken cancel);

    /// <summary>Checks that a volume can be started.</summary>
    /// <exception cref="StorageException">Its content, or its source's, is missing or unusable.</exception>
    Task VerifyAsync(Volume volume, CancellationToken cancel);

    /// <summary>
    /// Makes the volume larger or smaller, started or not. The kernel keeps the new size and then tells the machine that has
    /// the volume open (<c>IMachine.ResizeDiskAsync</c>); should it fail to, the next start or stop brings the volume to the
    /// size that the kernel kept. What lies beyond a smaller size is lost.
    /// </summary>
    /// <exception cref="StorageException">
    /// Read-only, or there is no room, or this kind of volume cannot be resized, or smaller while it is in use.
    /// </exception>
    Task ResizeAsync(Volume volume, long size, CancellationToken cancel);

    /// <summary>Old contents, oldest first; empty for volumes that are not persistent.</summary>
    IReadOnlyList<VolumeRevision> Revisions(Volume volume);

    /// <summary>Makes an old content the current one, which becomes a revision itself.</summary>
    /// <returns>Bytes of what is current now; the kernel keeps them as the volume's size.</returns>
    /// <exception cref="StorageException">The volume is dirty, or not persistent.</exception>
    /// <exception cref="VolumeRevisionNotFoundException">There is no such revision.</exception>
    Task<long> RevertAsync(Volume volume, string revision, CancellationToken cancel);

    /// <summary>Deletes the oldest revisions beyond <see cref="Volume.RevisionsToKeep"/>, after that was lowered.</summary>
    Task PruneRevisionsAsync(Volume volume, CancellationToken cancel);

    /// <summary>
    /// Starts to replace a stopped persistent volume's content: a raw file that reads as zeros, for the caller to fill.
    /// </summary>
    /// <param name="volume">Persistent and stopped.</param>
    /// <param name="size">Bytes; becomes the volume's size when the import ends well.</param>
    /// <param name="cancel">Leaves the old content.</param>
    /// <returns>The file's path.</returns>
    /// <exception cref="StorageException">In use, not persistent, an import goes on already, or there is no room.</exception>
    Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel);

    /// <summary>Ends what <see cref="BeginImportAsync"/> began: commits the file's content, or forgets it.</summary>
    /// <exception cref="StorageException">No import goes on, or the commit failed and the old content stays.</exception>
    Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel);

    /// <summary>
    /// Opens the committed content, which is what the volume held before a start while it runs. Persistent volumes only.
    /// </summary>
    /// <exception cref="StorageException">Nothing is committed, or snapshots are off and the volume runs.</exception>
    Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel);

    /// <summary>
    /// Replaces a stopped persistent volume's content by the committed content of another, of any pool, and its size by that
    /// one's. Nothing happens when either is not persistent.
    /// </summary>
    /// <exception cref="StorageException">The target is dirty or being imported to, or the source cannot be exported.</exception>
    Task CloneAsync(Volume volume, Volume source, CancellationToken cancel);

    /// <summary>Where the volume's content is or would be: a file or device; empty: nowhere.</summary>
    string PathOf(Volume volume);

    /// <summary>Volume ids that take room in the pool, sorted.</summary>
    IReadOnlyList<string> Vids();

    /// <summary>How full the pool is.</summary>
    PoolUsage Measure();

    /// <summary>The directory that the pool fills; null: none.</summary>
    string? Directory { get; }

    /// <summary>Replaces a stopped persistent volume's content by a raw image; the file is moved if it can be.</summary>
    /// <param name="volume">Persistent and stopped.</param>
    /// <param name="imagePath">A raw image; consumed.</param>
    /// <param name="cancel">Leaves the old content.</param>
    /// <exception cref="StorageException">The volume is in use, not persistent, or there is no room.</exception>
    Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel);

    /// <summary>Whether a started snapshot's source was committed anew since; false for other kinds.</summary>
    bool IsOutdated(Volume volume);

    /// <summary>Whether a persistent volume was not stopped cleanly, or is in use; false for other kinds.</summary>
    bool IsDirty(Volume volume);

    /// <summary>Bytes that the volume uses in the pool.</summary>
    long Usage(Volume volume);

    /// <summary>
    /// What names the volume's committed content: changes exactly when a commit or import changes it. Null when nothing
    /// was committed.
    /// </summary>
    string? Revision(Volume volume);
}
