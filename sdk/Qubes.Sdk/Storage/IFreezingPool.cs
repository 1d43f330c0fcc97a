using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Storage;

/// <summary>
/// Capability of a pool: keeps what the volumes of a frozen machine held, so that those of its copies begin there. Of snapshots and
/// volatile volumes only, whose content nobody saves. What was frozen is never written to again.
/// </summary>
public interface IFreezingPool : IStoragePool
{
    /// <summary>
    /// Keeps what a started volume holds now, beyond its stop and removal. Its machine is stopped and has written everything to it.
    /// </summary>
    /// <param name="volume">Started; a writable snapshot, or volatile; not ephemeral.</param>
    /// <param name="key">Of the memory template: 64 hexadecimal digits.</param>
    /// <param name="cancel">Ends it; nothing is kept then.</param>
    /// <exception cref="StorageException">Another kind of volume, or the key has a volume of this name already.</exception>
    Task FreezeAsync(Volume volume, string key, CancellationToken cancel);

    /// <summary>Makes an empty writable layer on a frozen volume, which is nobody's yet. One that nobody takes is gone with the daemon.</summary>
    /// <param name="key">Of the memory template.</param>
    /// <param name="name">The volume's name, e.g. <c>root</c>.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="StorageException">Nothing was frozen under that key and name.</exception>
    Task<PreparedVolume> PrepareAsync(string key, string name, CancellationToken cancel);

    /// <summary>
    /// Starts a volume with a layer that was prepared: the volume's own from then on, and stopped like any other. A machine that has
    /// the layer open keeps it.
    /// </summary>
    /// <param name="volume">Not started, of the frozen one's kind and size.</param>
    /// <param name="prepared">By this pool; not taken yet.</param>
    /// <param name="cancel">Ends it; the layer is then still nobody's.</param>
    /// <exception cref="StorageException">The volume is of another kind or size, or the layer is gone.</exception>
    Task<VolumeAttachment> StartAsync(Volume volume, PreparedVolume prepared, CancellationToken cancel);

    /// <summary>Deletes a prepared layer that nobody has taken. Quiet when it is gone or taken.</summary>
    Task DiscardAsync(PreparedVolume prepared, CancellationToken cancel);

    /// <summary>The keys under which anything is frozen, whole or not.</summary>
    IReadOnlyList<string> FrozenKeys();

    /// <summary>Bytes of the pool's room that what was frozen under a key uses, beyond what others hold anyway.</summary>
    long FrozenUsage(string key) => 0;

    /// <summary>Forgets what was frozen under a key; volumes that began there keep it as long as they run. Quiet when nothing was.</summary>
    Task RemoveFrozenAsync(string key, CancellationToken cancel);
}
