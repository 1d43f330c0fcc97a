using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Storage;

/// <summary>How a pool is configured.</summary>
/// <param name="Name">Characters <c>A-Za-z0-9-_.</c></param>
/// <param name="Driver">The driver's name, e.g. <c>file</c>.</param>
/// <param name="Options">The driver's options, e.g. <c>dir_path</c>.</param>
public sealed record PoolConfiguration(string Name, string Driver, IReadOnlyDictionary<string, string> Options);

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

/// <summary>One layer of a started volume, from the one the guest writes to down to the oldest.</summary>
/// <param name="Path">An absolute path.</param>
/// <param name="Format"><c>raw</c> or <c>qcow2</c>.</param>
public sealed record DiskLayer(string Path, string Format);

/// <summary>
/// A started volume as a machine uses it. Only the first layer is ever written, and only when <see cref="IsWritable"/>.
/// Layers are given one by one, so that a machine never follows a name that is stored inside an image.
/// </summary>
/// <param name="Volume">Which volume.</param>
/// <param name="Layers">At least one, top first.</param>
/// <param name="IsWritable">The guest may write.</param>
public sealed record VolumeAttachment(Volume Volume, IReadOnlyList<DiskLayer> Layers, bool IsWritable);

/// <summary>
/// A storage pool. Operations on one volume never run at the same time; those on different volumes may. Each returns with
/// the work done and durable (spec: storage, section 2).
/// </summary>
public interface IStoragePool
{
    /// <summary>How it was opened.</summary>
    PoolConfiguration Configuration { get; }

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
