using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage.Conformance;

/// <summary>Uses a started volume as a guest would.</summary>
public interface IGuestDisk
{
    /// <summary>Fills a range with one byte, and returns when it is on the disk.</summary>
    Task WriteAsync(VolumeAttachment disk, byte pattern, long offset, long count, CancellationToken cancel);

    /// <summary>Whether every byte of a range is the one given.</summary>
    Task<bool> IsFilledAsync(VolumeAttachment disk, byte pattern, long offset, long count, CancellationToken cancel);
}
