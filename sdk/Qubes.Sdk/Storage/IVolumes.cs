using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Storage;

/// <summary>
/// What is done to volumes of qubes, with the rules that a pool alone cannot know: whether the qube runs, who depends on it,
/// what the state keeps (spec: storage, section 2.1). Used on the kernel loop.
/// </summary>
public interface IVolumes
{
    /// <summary>Makes a volume larger or smaller; in a running qube its service <c>qubes.ResizeDisk</c> is told.</summary>
    /// <exception cref="StorageException">The pool refuses, or the guest does; the guest's refusal leaves the new size.</exception>
    Task ResizeAsync(Volume volume, long size, CancellationToken cancel);

    /// <summary>Makes an old content the current one.</summary>
    /// <exception cref="StorageException">The volume is dirty.</exception>
    /// <exception cref="VolumeRevisionNotFoundException">There is no such revision.</exception>
    Task RevertAsync(Volume volume, string revision, CancellationToken cancel);

    /// <summary>Sets how many old versions are kept, -1 or more, and deletes what is too many.</summary>
    /// <exception cref="InvalidValueException">Less than -1.</exception>
    /// <exception cref="QubeNotHaltedException">To or from -1 while the qube, or a disposable of it, runs.</exception>
    Task SetRevisionsToKeepAsync(Volume volume, int revisions, CancellationToken cancel);

    /// <summary>Lets the qube write to a volume, or not, from its next start.</summary>
    /// <exception cref="QubeNotHaltedException">The qube is not halted.</exception>
    void SetWritable(Volume volume, bool isWritable);

    /// <summary>Has the volume encrypted with a throw-away key from the next start on, or not.</summary>
    /// <exception cref="InvalidValueException">Set on a volume that is not volatile and writable.</exception>
    void SetEphemeral(Volume volume, bool isEphemeral);

    /// <summary>Empties a volume; its size stays.</summary>
    /// <exception cref="StorageException">The pool refuses.</exception>
    Task ClearAsync(Volume volume, CancellationToken cancel);

    /// <summary>Replaces a volume's content and size by those of another.</summary>
    /// <exception cref="StorageException">The source runs with snapshots off, or a pool refuses.</exception>
    Task CloneAsync(Volume volume, Volume source, CancellationToken cancel);

    /// <summary>Starts to replace a volume's content; the caller fills the file and ends the import.</summary>
    /// <param name="volume">Of a halted qube.</param>
    /// <param name="size">Bytes; null: the volume's size.</param>
    /// <param name="cancel">Leaves the old content.</param>
    /// <returns>The path of a raw file of that size.</returns>
    /// <exception cref="QubeNotHaltedException">The qube is not halted.</exception>
    /// <exception cref="StorageException">The pool refuses.</exception>
    Task<string> BeginImportAsync(Volume volume, long? size, CancellationToken cancel);

    /// <summary>Ends an import: with the content, or without.</summary>
    /// <exception cref="StorageException">The pool refuses; the old content stays.</exception>
    Task EndImportAsync(Volume volume, bool success, CancellationToken cancel);
}
